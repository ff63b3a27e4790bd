package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of each registered claim (RFC 7519, 4.1), the same for every issuer. */
final class ClaimShapes {

    private static final int MAX_ID_BYTES = 128;

    private ClaimShapes() {}

    /** Whether every claim that is present has its type; a null claim has not. */
    static boolean areWellFormed(Map<String, @Nullable Object> claims) {
        return isDateOrAbsent(claims, "exp")
                && isDateOrAbsent(claims, "nbf")
                && isDateOrAbsent(claims, "iat")
                && isIdOrAbsent(claims, "jti")
                && isIdOrAbsent(claims, "sid")
                && isTextOrAbsent(claims, "sub")
                && isAudienceOrAbsent(claims);
    }

    /** @param claim the name of a claim, or a JSON pointer (RFC 6901) into the claims */
    static @Nullable Object at(Map<String, @Nullable Object> claims, String claim) {
        if (!claim.startsWith("/")) {
            return claims.get(claim);
        }
        Object value = claims;
        for (String step : claim.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }

    static boolean isDateOrAbsent(Map<String, @Nullable Object> claims, String name) {
        return !claims.containsKey(name) || NumericDate.read(claims.get(name)) != null;
    }

    private static boolean isIdOrAbsent(Map<String, @Nullable Object> claims, String name) {
        return !claims.containsKey(name)
                || claims.get(name) instanceof String id && !id.isEmpty() && id.getBytes(UTF_8).length <= MAX_ID_BYTES;
    }

    private static boolean isTextOrAbsent(Map<String, @Nullable Object> claims, String name) {
        return !claims.containsKey(name) || claims.get(name) instanceof String;
    }

    private static boolean isAudienceOrAbsent(Map<String, @Nullable Object> claims) {
        Object audience = claims.get("aud");
        return !claims.containsKey("aud")
                || audience instanceof String
                || audience instanceof List<?> several && several.stream().allMatch(String.class::isInstance);
    }
}
