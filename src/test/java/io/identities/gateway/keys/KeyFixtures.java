package io.identities.gateway.keys;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import io.identities.gateway.audit.SecurityEvents;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Key rings for tests of other rooms. */
public final class KeyFixtures {

    private KeyFixtures() {}

    /** The keys of {@code identities.keys.secret}. */
    public static KeyRotation secret(String secret, Clock clock) {
        return secret(SignatureAlgorithm.HS256, secret, clock);
    }

    public static KeyRotation secret(SignatureAlgorithm algorithm, String secret, Clock clock) {
        return rotation(new SecretKeySource(algorithm, secret), clock);
    }

    public static KeyRotation rotation(KeySource source, Clock clock) {
        return new KeyRotation(source, null, Duration.ofMinutes(3), clock, new SecurityEvents(List.of()));
    }

    /** The keys of a trusted issuer, with the product's limits and algorithms. */
    public static RemoteKeys remote(String name, URI uri, Clock clock) {
        return new RemoteKeys(
                name,
                new HttpJwksFetch(uri, Duration.ofSeconds(5), 512 * 1024),
                Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256, SignatureAlgorithm.ED25519),
                new FetchLimits(Duration.ofMinutes(5), Duration.ofHours(12), Duration.ofSeconds(30)),
                clock,
                new SecurityEvents(List.of()));
    }

    /**
     * What a key file with this JWK or JWK set verifies with, but for the refusal of published keys and of secrets that
     * repeat themselves: test vectors are nothing else.
     *
     * @throws UnusableKeyException when the gateway would refuse the key
     */
    public static VerificationKeys verifiersOf(String id, String json) {
        try {
            KeySource.KeySet keys = JwkFile.read(id, json, SignatureAlgorithm.HS256);
            List<VerificationKey> all = new ArrayList<>(keys.verifiers());
            keys.signers().forEach(key -> all.add(key.verifier()));
            return new VerificationKeys(all);
        } catch (UnusableKeyException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains("published") || message.contains("repeats itself")) {
                return published(id, json);
            }
            throw e;
        }
    }

    /** A key of a PEM file. */
    public static VerificationKeys verifiersOfPem(String id, String pem) {
        return new VerificationKeys(
                PemFormat.read(id, pem, SignatureAlgorithm.HS256).verifiers());
    }

    private static VerificationKeys published(String id, String json) {
        List<VerificationKey> keys = new ArrayList<>();
        JwkFormat.entries(JwkFormat.object(json)).forEach(entry -> {
            JWK jwk = JwkFormat.parse(Objects.requireNonNull(JwkFormat.jwk(entry)));
            String kid = jwk.getKeyID() == null ? id : jwk.getKeyID();
            if (jwk instanceof OctetSequenceKey secret) {
                SignatureAlgorithm named = JwkFormat.algorithm(secret);
                SignatureAlgorithm algorithm = named == null ? SignatureAlgorithm.HS256 : named;
                byte[] bytes = secret.toByteArray();
                keys.add(VerificationKey.hmac(kid, algorithm, bytes, new HmacSha2(algorithm, bytes)));
            } else {
                String publicJson = jwk.toPublicJWK().toJSONString();
                keys.addAll(
                        JwkFile.read(kid, publicJson, SignatureAlgorithm.HS256).verifiers());
            }
        });
        return new VerificationKeys(keys);
    }

    /** What the background thread does once per interval. */
    public static void reload(KeyRotation rotation) {
        rotation.reload();
    }
}
