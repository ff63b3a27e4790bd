package io.identities.gateway.token;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The subject of a token.
 *
 * @param name the username that the credential check approved or returned; without leading or trailing blanks
 * @param roles in the order of the source, possibly empty
 * @param claims further mapped claims, JSON values only
 */
public record Subject(String name, List<String> roles, Map<String, Object> claims) {

    /**
     * The claims that the gateway itself writes into a token, besides the username; they take precedence over a
     * subject's.
     */
    public static final Set<String> RESERVED_CLAIMS =
            Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "auth_time", "roles");

    public Subject {
        if (!isName(name)) {
            throw new IllegalArgumentException("A subject's name must not be empty or begin or end with a blank");
        }
        roles = List.copyOf(roles);
        claims = Map.copyOf(claims);
    }

    /** Whether {@code name} is not empty and neither begins nor ends with a blank; no-break spaces are blanks, too. */
    public static boolean isName(String name) {
        return !name.isEmpty() && !isBlank(name.codePointAt(0)) && !isBlank(name.codePointBefore(name.length()));
    }

    public static Subject named(String name) {
        return new Subject(name, List.of(), Map.of());
    }

    private static boolean isBlank(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
    }
}
