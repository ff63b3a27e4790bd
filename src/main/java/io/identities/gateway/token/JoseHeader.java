package io.identities.gateway.token;

import io.identities.gateway.keys.SignatureAlgorithm;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accepted part of the protected header (RFC 7515 section 4). It selects among configured keys; one that embeds or
 * links a key, or has critical extensions, is refused.
 *
 * @param problem why the header is refused; null if it is accepted
 * @param algorithm null if it is not a supported one
 * @param keyId the {@code kid}
 * @param type the {@code typ} in lower case and without {@code application/}
 */
record JoseHeader(
        @Nullable TokenProblem problem,
        @Nullable SignatureAlgorithm algorithm,
        @Nullable String keyId,
        @Nullable String type) {

    private static final int MAX_LENGTH = 2048;
    private static final int MAX_KEY_ID_LENGTH = 256;
    private static final Set<String> FORBIDDEN =
            Set.of("crit", "b64", "zip", "jwk", "jku", "x5c", "x5u", "enc", "epk", "p2c", "p2s");

    static JoseHeader parse(byte[] json) {
        Map<String, @Nullable Object> members = json.length > MAX_LENGTH ? null : StrictJson.readObject(json);
        if (members == null) {
            return refused(TokenProblem.MALFORMED);
        }
        if (!Collections.disjoint(FORBIDDEN, members.keySet())) {
            return refused(TokenProblem.UNSUPPORTED_HEADER);
        }
        if (!(members.get("alg") instanceof String alg)
                || !isTextOrAbsent(members, "kid")
                || !isTextOrAbsent(members, "typ")) {
            return refused(TokenProblem.MALFORMED);
        }
        SignatureAlgorithm algorithm = SignatureAlgorithm.ofHeader(alg);
        if (algorithm == null) {
            return refused(TokenProblem.WRONG_ALGORITHM);
        }
        String keyId = (String) members.get("kid");
        if (keyId != null && keyId.length() > MAX_KEY_ID_LENGTH) {
            return refused(TokenProblem.UNKNOWN_KEY);
        }
        return new JoseHeader(null, algorithm, keyId, plainType((String) members.get("typ")));
    }

    private static JoseHeader refused(TokenProblem problem) {
        return new JoseHeader(problem, null, null, null);
    }

    private static boolean isTextOrAbsent(Map<String, @Nullable Object> members, String name) {
        return !members.containsKey(name) || members.get(name) instanceof String;
    }

    private static @Nullable String plainType(@Nullable String type) {
        if (type == null) {
            return null;
        }
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }
}
