package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.keys.PublishedKeys.JwksDocument;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestKeys;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedKeysTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final List<SigningKey> signers = new ArrayList<>();
    private final SigningKey secret =
            SigningKey.hmac("h1", SignatureAlgorithm.HS256, "a secret of enough bytes, number 4711".getBytes(UTF_8));

    @Test
    void withSecretsOnlyThereIsNothingToPublish() {
        signers.add(secret);

        assertThat(new PublishedKeys(rotation()).current()).isEmpty();
    }

    @Test
    void publishesEveryPublicKeyAndNothingPrivate() throws Exception {
        signers.add(secret);
        for (String alg : List.of("RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA")) {
            signers.add(signer(alg, alg));
        }
        JwksDocument document = new PublishedKeys(rotation()).current().orElseThrow();

        String json = new String(document.json(), UTF_8);
        JWKSet set = JWKSet.parse(json);
        assertThat(set.containsNonPublicKeys()).isFalse();
        assertThat(json).doesNotContain("\"d\"", "\"k\"", "\"p\"", "\"q\"", "\"h1\"");
        assertThat(set.getKeys())
                .extracting(JWK::getKeyID)
                .containsExactlyInAnyOrder("RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA");
        for (JWK jwk : set.getKeys()) {
            assertThat(jwk.getAlgorithm().getName()).isEqualTo(jwk.getKeyID());
            assertThat(jwk.getKeyUse().identifier()).isEqualTo("sig");
            assertThat(JwkFormat.publicKey(jwk))
                    .isEqualTo(TestKeys.forAlgorithm("own", jwk.getKeyID()).getPublic());
        }
        assertThat(document.maxAge()).isEqualTo(Duration.ofSeconds(90));
        assertThat(document.etag()).matches("\"[A-Za-z0-9_-]{43}\"");
    }

    @Test
    void aKeyIsPublishedBeforeItSignsAndGoneWhenItIsRemoved() {
        signers.add(signer("e1", "ES256"));
        KeyRotation rotation = rotation();
        PublishedKeys published = new PublishedKeys(rotation);
        JwksDocument before = published.current().orElseThrow();
        assertThat(published.current()).containsSame(before);

        signers.add(signer("e2", "EdDSA"));
        rotation.reload();
        JwksDocument announced = published.current().orElseThrow();
        assertThat(new String(announced.json(), UTF_8)).contains("e1", "e2");
        assertThat(announced.etag()).isNotEqualTo(before.etag());
        assertThat(rotation.signer().id()).isEqualTo("e1");

        signers.remove(0);
        rotation.reload();
        assertThat(new String(published.current().orElseThrow().json(), UTF_8)).doesNotContain("e1");
    }

    private KeyRotation rotation() {
        return new KeyRotation(
                () -> new KeySet(signers, List.of()),
                null,
                Duration.ofSeconds(180),
                clock,
                new SecurityEvents(List.of()));
    }

    private static SigningKey signer(String id, String alg) {
        KeyPair pair = TestKeys.forAlgorithm("own", alg);
        return SigningKey.of(id, SignatureAlgorithm.ofSetting("x", alg), pair.getPrivate(), pair.getPublic());
    }
}
