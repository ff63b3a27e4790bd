package io.identities.gateway.server;

import io.identities.gateway.http.HttpGrammar;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Cross-origin resource sharing; off while no origin is allowed.
 *
 * @param allowedOrigins origins as browsers send them (https://app.example, with a port where it is not the scheme's own), or
 *     the single value *
 * @param allowedMethods methods that a preflight may announce
 * @param allowedHeaders request headers that a preflight may announce, or the single value *
 * @param exposedHeaders response headers that pages may read besides WWW-Authenticate, Retry-After and the request id
 * @param allowCredentials whether cookies and the like may come along; not together with the origin *
 * @param maxAge how long browsers may remember the answer to a preflight
 */
@ConfigurationProperties("identities.cors")
record CorsSettings(
        @DefaultValue List<String> allowedOrigins,

        @DefaultValue({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        List<String> allowedMethods,

        @DefaultValue("*") List<String> allowedHeaders,
        @DefaultValue List<String> exposedHeaders,
        @DefaultValue("false") boolean allowCredentials,
        @DefaultValue("30m") Duration maxAge) {

    private static final String PREFIX = "identities.cors.";

    CorsSettings {
        allowedOrigins = allowedOrigins.stream().map(CorsSettings::origin).toList();
        allowedMethods = allowedMethods.stream()
                .map(method -> method.toUpperCase(Locale.ROOT))
                .toList();
        allowedHeaders = List.copyOf(allowedHeaders);
        exposedHeaders = List.copyOf(exposedHeaders);
        allowedMethods.forEach(method -> requireToken("allowed-methods", method));
        allowedHeaders.forEach(header -> requireToken("allowed-headers", header));
        exposedHeaders.forEach(header -> requireToken("exposed-headers", header));
        if (allowedOrigins.size() > 1 && allowedOrigins.contains("*")) {
            throw new IllegalArgumentException(
                    PREFIX + "allowed-origins: found " + allowedOrigins + ", expected origins by name, or \"*\" alone");
        }
        if (allowCredentials && allowedOrigins.contains("*")) {
            throw new IllegalArgumentException(PREFIX + "allow-credentials: found true together with the allowed origin"
                    + " \"*\", expected origins by name, since \"*\" would lend every page its users' cookies");
        }
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException(PREFIX + "max-age: found " + maxAge + ", expected zero or more");
        }
    }

    private static String origin(String value) {
        if (value.equals("*")) {
            return value;
        }
        URI uri = parse(value);
        boolean bare = uri != null
                && uri.getHost() != null
                && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
                && uri.getRawUserInfo() == null
                && uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!bare) {
            throw new IllegalArgumentException(PREFIX + "allowed-origins: found \"" + value
                    + "\", expected scheme://host[:port] without a path or a trailing slash, or \"*\" alone");
        }
        return withoutDefaultPort(value.toLowerCase(Locale.ROOT));
    }

    /** As browsers write it (RFC 6454 section 6.2). */
    private static String withoutDefaultPort(String origin) {
        return origin.replaceFirst("^(http://.*):80$|^(https://.*):443$", "$1$2");
    }

    private static @Nullable URI parse(String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static void requireToken(String name, String value) {
        if (!HttpGrammar.isToken(value)) {
            throw new IllegalArgumentException(PREFIX + name + ": found \"" + value + "\", expected a plain name");
        }
    }
}
