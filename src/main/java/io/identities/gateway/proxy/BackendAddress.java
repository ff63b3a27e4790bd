package io.identities.gateway.proxy;

import io.identities.gateway.audit.LogText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The address of the backend.
 *
 * @param secure whether it speaks TLS
 * @param host name or literal address, without brackets
 * @param authority host and port as in a Host header
 * @param basePath what is put in front of every request path; empty, or begins with a slash and ends without one
 */
record BackendAddress(boolean secure, String host, int port, String authority, String basePath) {

    private static final String EXPECTED = "http or https, a host, optionally a port and a path,"
            + " without user, query or fragment, such as http://backend:8080";

    static BackendAddress parse(String text) {
        try {
            return of(new URI(text), text);
        } catch (URISyntaxException e) {
            throw fault(text);
        }
    }

    static BackendAddress of(URI uri) {
        return of(uri, uri.toString());
    }

    private static BackendAddress of(URI uri, String text) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (!secure && !scheme.equals("http")
                || uri.getHost() == null
                || uri.getPort() == 0
                || uri.getPort() > 65_535) {
            throw fault(text);
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw fault(text);
        }
        String host = uri.getHost();
        int port = uri.getPort() < 0 ? secure ? 443 : 80 : uri.getPort();
        String authority = uri.getPort() < 0 ? host : host + ":" + port;
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new BackendAddress(secure, bare, port, authority, withoutSlashAtEnd(uri.getRawPath()));
    }

    URI uri() {
        return URI.create((secure ? "https://" : "http://") + authority + basePath);
    }

    private static String withoutSlashAtEnd(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static IllegalArgumentException fault(String text) {
        return new IllegalArgumentException(
                "identities.backend.uri: found '" + LogText.address(text) + "', expected " + EXPECTED);
    }
}
