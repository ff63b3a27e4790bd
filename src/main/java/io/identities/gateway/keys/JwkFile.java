package io.identities.gateway.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.keys.SignatureAlgorithm.Family;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a local file with a JWK or a JWK set, under this gateway's rules for its own keys. */
final class JwkFile {

    /** The longest {@code kid}; it is part of every token's header. */
    private static final int MAX_KID_LENGTH = 256;

    private static final Pattern PRINTABLE = Pattern.compile("\\P{C}+");

    private JwkFile() {}

    /**
     * The keys of a local file.
     *
     * @param id the file's name without its ending: the {@code kid} of a single key
     * @throws UnusableKeyException if one of the keys is unfit or intended for another use
     */
    static KeySet read(String id, String json, SignatureAlgorithm configured) {
        Map<String, Object> object = JwkFormat.object(json);
        List<Map<String, Object>> entries = entries(object);
        List<JWK> jwks = entries.stream().map(JwkFormat::parse).toList();
        if (jwks.isEmpty()) {
            throw new UnusableKeyException("found no key in it, expected a JWK or a JWK set (RFC 7517)");
        }
        refuseMixture(jwks);
        refuseDuplicates(jwks);
        List<SigningKey> signers = new ArrayList<>();
        List<VerificationKey> verifiers = new ArrayList<>();
        for (int i = 0; i < jwks.size(); i++) {
            JWK jwk = jwks.get(i);
            String kid = kid(id, jwk, JwkFormat.isSet(object), jwks.size() == 1);
            refuseOtherPurposes(jwk, entries.get(i));
            if (jwk.isPrivate()) {
                signers.add(signer(kid, jwk, configured));
            } else {
                verifiers.add(verifier(kid, jwk, configured));
            }
        }
        return new KeySet(signers, verifiers);
    }

    private static List<Map<String, Object>> entries(Map<String, Object> object) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Object entry : JwkFormat.entries(object)) {
            Map<String, Object> members = JwkFormat.jwk(entry);
            if (members == null) {
                throw JwkFormat.notJwk();
            }
            entries.add(members);
        }
        return entries;
    }

    private static void refuseOtherPurposes(JWK jwk, Map<String, Object> members) {
        KeyOperation operation = jwk.isPrivate() ? KeyOperation.SIGN : KeyOperation.VERIFY;
        if (!JwkFormat.isFor(operation, members)) {
            throw new UnusableKeyException(
                    "found a JWK whose use or key_ops forbids " + (jwk.isPrivate() ? "signing" : "verifying"));
        }
    }

    private static SigningKey signer(String kid, JWK jwk, SignatureAlgorithm configured) {
        if (jwk instanceof OctetSequenceKey secret) {
            SignatureAlgorithm named = JwkFormat.algorithm(jwk);
            SignatureAlgorithm hmac = configured.family() == Family.HMAC ? configured : SignatureAlgorithm.HS256;
            return SigningKey.hmac(kid, named == null ? hmac : named, secret.toByteArray());
        }
        PublicKey publicKey = JwkFormat.publicKey(jwk);
        return SigningKey.of(kid, algorithm(jwk, publicKey, configured), privateKey(jwk), publicKey);
    }

    private static VerificationKey verifier(String kid, JWK jwk, SignatureAlgorithm configured) {
        PublicKey publicKey = JwkFormat.publicKey(jwk);
        return VerificationKey.of(kid, algorithm(jwk, publicKey, configured), publicKey);
    }

    private static SignatureAlgorithm algorithm(JWK jwk, PublicKey key, SignatureAlgorithm configured) {
        SignatureAlgorithm named = JwkFormat.algorithm(jwk);
        return named == null ? PublicKeyRules.algorithmFor(key, configured) : named;
    }

    private static PrivateKey privateKey(JWK jwk) {
        try {
            if (jwk instanceof RSAKey rsa) {
                return rsa.toRSAPrivateKey();
            }
            if (jwk instanceof ECKey ec) {
                return ec.toECPrivateKey();
            }
        } catch (JOSEException e) {
            throw new UnusableKeyException("found a JWK whose private half is unsound");
        }
        return KeyPairs.privateKey(Der.pkcs8OfEd25519(((OctetKeyPair) jwk).getDecodedD()));
    }

    private static String kid(String fileName, JWK jwk, boolean set, boolean single) {
        String kid = jwk.getKeyID();
        if (kid == null || kid.isEmpty()) {
            if (single) {
                return fileName;
            }
            throw new UnusableKeyException("found a JWK set with a key that has no kid, expected one for each");
        }
        if (kid.length() > MAX_KID_LENGTH || !PRINTABLE.matcher(kid).matches()) {
            throw new UnusableKeyException("found a kid that no token may name, expected 1 to " + MAX_KID_LENGTH
                    + " characters, none of them a control character");
        }
        if (!set && !kid.equals(fileName)) {
            throw new UnusableKeyException(
                    "found the kid \"" + kid + "\" in it, expected none or the name of the file");
        }
        return kid;
    }

    private static void refuseDuplicates(List<JWK> jwks) {
        Set<String> ids = new HashSet<>();
        for (JWK jwk : jwks) {
            if (jwk.getKeyID() != null && !ids.add(jwk.getKeyID())) {
                throw new UnusableKeyException(
                        "found the kid \"" + jwk.getKeyID() + "\" twice, expected every kid once");
            }
        }
    }

    // Publishing such a set for its public keys would publish the secret.
    private static void refuseMixture(List<JWK> jwks) {
        long secrets = jwks.stream().filter(OctetSequenceKey.class::isInstance).count();
        if (secrets > 0 && secrets < jwks.size()) {
            throw new UnusableKeyException(
                    "found a JWK set that mixes secrets with key pairs, expected a set for each");
        }
    }
}
