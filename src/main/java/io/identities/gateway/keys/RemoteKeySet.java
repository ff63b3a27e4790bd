package io.identities.gateway.keys;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects the usable keys of a trusted issuer's JWK set. Skips keys for other uses, of other types, too weak, or
 * published with their private half; refuses the whole set if it cannot be intended (secrets, {@code none}, one
 * {@code kid} for two keys, nothing usable). A key may occur several times, as some issuers publish it once for each
 * algorithm.
 *
 * @param keys what counts
 * @param passedOver how many entries do not
 */
record RemoteKeySet(List<VerificationKey> keys, int passedOver) {

    private static final int MAX_KEYS = 100;
    private static final Set<String> KINDS = Set.of("RSA", "EC", "OKP");

    /**
     * @param allowed the accepted algorithms; a key that names none is used for each of them that fits it
     * @throws UnusableKeyException if the set is refused
     */
    static RemoteKeySet parse(String json, Set<SignatureAlgorithm> allowed) {
        List<?> entries = JwkFormat.entries(JwkFormat.object(json));
        if (entries.size() > MAX_KEYS) {
            throw new UnusableKeyException("found " + entries.size() + " keys, expected at most " + MAX_KEYS);
        }
        List<VerificationKey> keys = new ArrayList<>();
        int passedOver = 0;
        for (Object entry : entries) {
            Map<String, Object> jwk = JwkFormat.jwk(entry);
            List<VerificationKey> usable = jwk == null ? List.of() : usable(jwk, allowed);
            keys.addAll(usable);
            passedOver += usable.isEmpty() ? 1 : 0;
        }
        if (keys.isEmpty()) {
            throw new UnusableKeyException("found no key for one of the configured algorithms, expected at least one");
        }
        refuseSharedNames(keys);
        return new RemoteKeySet(keys.stream().distinct().toList(), passedOver);
    }

    private static void refuseSharedNames(List<VerificationKey> keys) {
        Map<String, PublicKey> named = new HashMap<>();
        for (VerificationKey key : keys) {
            String id = key.id();
            PublicKey own = Objects.requireNonNull(key.publicKey());
            PublicKey first = id == null ? own : named.computeIfAbsent(id, name -> own);
            if (!first.equals(own)) {
                throw new UnusableKeyException("found one kid for two keys, expected every kid for one");
            }
        }
    }

    private static void refuseAbsurd(Map<String, Object> members) {
        if ("oct".equals(members.get("kty")) || "none".equals(members.get("alg"))) {
            throw new UnusableKeyException("found a secret or the algorithm \"none\", expected public keys only");
        }
    }

    private static List<VerificationKey> usable(Map<String, Object> members, Set<SignatureAlgorithm> allowed) {
        refuseAbsurd(members);
        boolean ours = members.get("kty") instanceof String kind && KINDS.contains(kind);
        if (!ours || JwkFormat.hasPrivateHalf(members) || !JwkFormat.isFor(KeyOperation.VERIFY, members)) {
            return List.of();
        }
        try {
            JWK jwk = JwkFormat.parse(members);
            PublicKey key = JwkFormat.publicKey(jwk);
            return fitting(JwkFormat.algorithm(jwk), key, allowed).stream()
                    .map(algorithm -> VerificationKey.of(jwk.getKeyID(), algorithm, key))
                    .toList();
        } catch (RuntimeException e) {
            // There are keys that the library, or the JDK, trips over.
            return List.of();
        }
    }

    private static List<SignatureAlgorithm> fitting(
            @Nullable SignatureAlgorithm named, PublicKey key, Set<SignatureAlgorithm> allowed) {
        if (named != null) {
            return allowed.contains(named) ? List.of(named) : List.of();
        }
        return allowed.stream()
                .filter(algorithm -> PublicKeyRules.fits(algorithm, key))
                .sorted()
                .toList();
    }
}
