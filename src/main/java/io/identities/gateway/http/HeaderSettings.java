package io.identities.gateway.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The names of the headers that assert an identity.
 *
 * @param username header with the name of the caller
 * @param roles header with the roles of the caller, joined by a comma
 * @param issuer header with the issuer of the caller's token
 * @param requestId header with the request id
 */
@ConfigurationProperties("identities.headers")
record HeaderSettings(
        @DefaultValue("X-Auth-Username") String username,
        @DefaultValue("X-Auth-Roles") String roles,
        @DefaultValue("X-Auth-Issuer") String issuer,
        @DefaultValue("X-Request-Id") String requestId) {

    private static final String PREFIX = "identities.headers.";

    private static final Set<String> RESERVED = Set.of(
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "cookie",
            "date",
            "expect",
            "forwarded",
            "host",
            "origin",
            "range",
            "referer",
            "set-cookie",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-proto",
            "x-real-ip");

    HeaderSettings {
        requireUsable("username", username);
        requireUsable("roles", roles);
        requireUsable("issuer", issuer);
        requireUsable("request-id", requestId);
        Set<String> distinct = new TreeSet<>();
        for (String name : List.of(username, roles, issuer, requestId)) {
            if (!distinct.add(HeaderName.folded(name))) {
                throw new IllegalArgumentException(PREFIX + "*: found '" + name
                        + "' in two of username, roles, issuer and request-id, expected four names that differ in more"
                        + " than case and separators");
            }
        }
    }

    private static void requireUsable(String setting, String name) {
        if (!HttpGrammar.isToken(name)) {
            throw new IllegalArgumentException(
                    PREFIX + setting + ": found '" + name + "', expected a header name (RFC 9110 token)");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (RESERVED.contains(lower) || HopByHop.NAMES.contains(lower)) {
            throw new IllegalArgumentException(
                    PREFIX + setting + ": found '" + name + "', expected a header that has no other meaning");
        }
    }
}
