package io.identities.gateway.keys;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads and writes JWKs and JWK sets (RFC 7517) with the JOSE library. */
final class JwkFormat {

    /** Of a secret, and of the private half of a pair (RFC 7518, 6.2.2, 6.3.2 and 6.4.1; RFC 8037, 2). */
    private static final Set<String> PRIVATE_MEMBERS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

    private static final Set<String> KEY_MEMBERS = Stream.concat(
                    Stream.of("kty", "kid", "alg", "n", "e", "crv", "x", "y"), PRIVATE_MEMBERS.stream())
            .collect(Collectors.toUnmodifiableSet());

    private JwkFormat() {}

    /** What stands in a set, whatever that is, or the one object of a single JWK. */
    static List<?> entries(Map<String, Object> object) {
        if (!isSet(object)) {
            return object.isEmpty() ? List.of() : List.of(object);
        }
        Object keys = object.get("keys");
        if (keys instanceof List<?> entries) {
            return entries;
        }
        if (keys != null) {
            throw notJwk();
        }
        return List.of();
    }

    /** An entry as the JSON object that a JWK is; null when it is something else. */
    @SuppressWarnings("unchecked")
    static @Nullable Map<String, Object> jwk(@Nullable Object entry) {
        // The parser knows text as names only.
        return entry instanceof Map<?, ?> members ? (Map<String, Object>) members : null;
    }

    static Map<String, Object> object(String json) {
        try {
            @Nullable Map<String, Object> object = JSONObjectUtils.parse(json);
            return object == null ? Map.of() : object;
        } catch (ParseException e) {
            throw notJwk();
        }
    }

    static boolean isSet(Map<String, Object> object) {
        return object.containsKey("keys");
    }

    static UnusableKeyException notJwk() {
        return new UnusableKeyException("found text that is neither a JWK nor a JWK set (RFC 7517)");
    }

    /**
     * The key alone: what else is said of it, a certificate for instance, may be of no use to the library, or wrong, and the
     * key is good all the same.
     */
    static JWK parse(Map<String, Object> members) {
        Map<String, Object> key = new LinkedHashMap<>(members);
        key.keySet().retainAll(KEY_MEMBERS);
        try {
            return JWK.parse(key);
        } catch (ParseException | RuntimeException e) {
            // The library's message may quote the key, and it throws other exceptions for some keys.
            throw new UnusableKeyException("found a JWK that is damaged or of an unknown kind");
        }
    }

    /** The public half, as JCA knows it. */
    static PublicKey publicKey(JWK jwk) {
        try {
            if (jwk instanceof RSAKey rsa) {
                return rsa.toRSAPublicKey();
            }
            if (jwk instanceof ECKey ec) {
                return ec.toECPublicKey();
            }
        } catch (JOSEException e) {
            throw new UnusableKeyException("found a JWK whose public half is unsound");
        }
        if (jwk instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)) {
            return KeyPairs.publicKey(Der.spkiOfEd25519(okp.getDecodedX()));
        }
        throw new UnusableKeyException("found a JWK of kind " + jwk.getKeyType() + " that cannot sign");
    }

    /** The {@code alg} that a JWK is bound to; null when it has none. */
    static @Nullable SignatureAlgorithm algorithm(JWK jwk) {
        Algorithm alg = jwk.getAlgorithm();
        if (alg == null) {
            return null;
        }
        SignatureAlgorithm algorithm = SignatureAlgorithm.ofHeader(alg.getName());
        if (algorithm == null) {
            throw new UnusableKeyException(
                    "found a JWK for the algorithm " + alg.getName() + ", which is not spoken here");
        }
        return algorithm;
    }

    /** Whether {@code use} and {@code key_ops} (RFC 7517, 4.2 and 4.3), where they are there, allow an operation. */
    static boolean isFor(KeyOperation operation, Map<String, Object> members) {
        Object use = members.get("use");
        Object operations = members.get("key_ops");
        return (use == null || use.equals(KeyUse.SIGNATURE.identifier()))
                && (operations == null
                        || operations instanceof List<?> several && several.contains(operation.identifier()));
    }

    /** Whether some of the private half is there, sound or not. */
    static boolean hasPrivateHalf(Map<String, Object> members) {
        return PRIVATE_MEMBERS.stream().anyMatch(name -> members.get(name) != null);
    }

    /** The public JWK of a key; null for an HMAC secret. */
    static @Nullable JWK write(VerificationKey key) {
        PublicKey publicKey = key.publicKey();
        return publicKey == null ? null : write(key.id(), key.algorithm(), publicKey);
    }

    static JWK write(@Nullable String id, SignatureAlgorithm algorithm, PublicKey key) {
        Algorithm alg = new JWSAlgorithm(algorithm.headerName());
        if (key instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa)
                    .keyID(id)
                    .algorithm(alg)
                    .keyUse(KeyUse.SIGNATURE)
                    .build();
        }
        if (key instanceof ECPublicKey ec) {
            return new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                    .keyID(id)
                    .algorithm(alg)
                    .keyUse(KeyUse.SIGNATURE)
                    .build();
        }
        byte[] spki = key.getEncoded();
        Base64URL x = Base64URL.encode(Arrays.copyOfRange(spki, spki.length - 32, spki.length));
        return new OctetKeyPair.Builder(Curve.Ed25519, x)
                .keyID(id)
                .algorithm(alg)
                .keyUse(KeyUse.SIGNATURE)
                .build();
    }
}
