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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes JWKs and JWK sets (RFC 7517) with the JOSE library. */
final class JwkFormat {

    private JwkFormat() {}

    /** The JSON objects of a set, or the one of a single JWK. */
    static List<Map<String, Object>> members(String json) {
        return members(object(json));
    }

    static List<Map<String, Object>> members(Map<String, Object> object) {
        if (!isSet(object)) {
            return object.isEmpty() ? List.of() : List.of(object);
        }
        try {
            Map<String, Object>[] keys = JSONObjectUtils.getJSONObjectArray(object, "keys");
            return keys == null ? List.of() : Arrays.asList(keys);
        } catch (ParseException e) {
            throw notJwk();
        }
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

    private static UnusableKeyException notJwk() {
        return new UnusableKeyException("found text that is neither a JWK nor a JWK set (RFC 7517)");
    }

    static JWK parse(Map<String, Object> members) {
        try {
            return JWK.parse(members);
        } catch (ParseException | RuntimeException e) {
            // The library's message may quote the key, and there are keys that it trips over.
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

    static boolean isForSignatures(JWK jwk, KeyOperation operation) {
        Set<KeyOperation> operations = jwk.getKeyOperations();
        KeyUse use = jwk.getKeyUse();
        return (use == null || use.equals(KeyUse.SIGNATURE)) && (operations == null || operations.contains(operation));
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
