package io.identities.client;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port: where a token may be sent. */
record Origin(String scheme, String host, int port) {

    /** @throws IllegalArgumentException if {@code uri} is not an absolute http(s) URI with a host */
    static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException("A URI with scheme '" + scheme + "' and host '" + uri.getHost()
                    + "' (expected http or https and a host)");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }
}
