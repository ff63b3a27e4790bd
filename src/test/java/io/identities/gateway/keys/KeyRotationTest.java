package io.identities.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.keys.KeySource.KeySet;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.TestKeys;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyRotationTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final List<SecurityEvent> events = new ArrayList<>();
    private KeySource source = () -> set("k1");

    @Test
    void aSoleKeySignsAtOnce() {
        assertThat(rotation(null).signer().id()).isEqualTo("k1");
    }

    @Test
    void atStartTheNextOlderSignsUntilTheDelayIsOver() {
        source = () -> set("k1", "k3", "k2");
        KeyRotation rotation = rotation(null);

        assertThat(rotation.signer().id()).isEqualTo("k2");
        clock.advance(Duration.ofSeconds(179));
        assertThat(rotation.signer().id()).isEqualTo("k2");
        clock.advance(Duration.ofSeconds(1));
        assertThat(rotation.signer().id()).isEqualTo("k3");
    }

    @Test
    void aNewKeyVerifiesAtOnceAndSignsAfterTheDelay() {
        KeyRotation rotation = rotation(null);
        source = () -> set("k1", "k2");
        clock.advance(Duration.ofMinutes(10));
        rotation.reload();

        assertThat(rotation.current().verifiers().knows("k2")).isTrue();
        assertThat(rotation.signer().id()).isEqualTo("k1");
        clock.advance(Duration.ofSeconds(180));
        assertThat(rotation.signer().id()).isEqualTo("k2");
        assertThat(rotation.changedAt()).isEqualTo(clock.instant().minusSeconds(180));
        assertThat(events).containsExactly(new SecurityEvent.KeyReload(SecurityEvent.Outcome.ACCEPTED, "changed"));
    }

    @Test
    void aKeyAddedRightAfterAStartDoesNotOvertakeTheOneThatSigns() {
        source = () -> set("k1", "k2");
        KeyRotation rotation = rotation(null);
        clock.advance(Duration.ofSeconds(10));
        source = () -> set("k1", "k2", "k3");
        rotation.reload();

        assertThat(rotation.signer().id()).isEqualTo("k1");
        clock.advance(Duration.ofSeconds(170));
        assertThat(rotation.signer().id()).isEqualTo("k2");
        clock.advance(Duration.ofSeconds(10));
        assertThat(rotation.signer().id()).isEqualTo("k3");
    }

    @Test
    void whenTheSignerGoesAwayTheOldestThatIsLeftSignsAtOnce() {
        KeyRotation rotation = rotation(null);
        clock.advance(Duration.ofMinutes(10));
        source = () -> set("k2");
        rotation.reload();

        assertThat(rotation.signer().id()).isEqualTo("k2");
        assertThat(rotation.current().verifiers().knows("k1")).isFalse();
    }

    @Test
    void theNamedKeySignsWhateverComesLast() {
        source = () -> set("k1", "k2", "k3");
        KeyRotation rotation = rotation("k2");

        assertThat(rotation.signer().id()).isEqualTo("k1");
        clock.advance(Duration.ofSeconds(180));
        assertThat(rotation.signer().id()).isEqualTo("k2");
        assertThat(rotation("k1").signer().id()).as("none is older").isEqualTo("k1");
    }

    @Test
    void lastMeansByteOrder() {
        source = () -> set("Z", "a", "\u00e9", "10", "9");
        KeyRotation rotation = rotation(null);
        clock.advance(Duration.ofSeconds(180));

        assertThat(rotation.signer().id()).isEqualTo("\u00e9");
    }

    @Test
    void aBrokenSourceLeavesTheLastGoodSetAndSaysSoOnce() {
        KeyRotation rotation = rotation(null);
        KeyRing before = rotation.current();
        source = () -> {
            throw new UnusableKeyException("identities.keys.directory: found nothing");
        };
        rotation.reload();
        rotation.reload();

        assertThat(rotation.current()).isSameAs(before);
        assertThat(rotation.healthy()).isFalse();
        assertThat(events).containsExactly(new SecurityEvent.KeyReload(SecurityEvent.Outcome.REFUSED, "unusable"));

        source = () -> {
            throw new IllegalStateException("a bug in somebody's source");
        };
        rotation.reload();
        assertThat(events).hasSize(2);

        source = () -> set("k1");
        rotation.reload();
        assertThat(rotation.healthy()).isTrue();
        assertThat(rotation.current()).as("nothing has changed").isSameAs(before);
        assertThat(events).hasSize(3);
        rotation.reload();
        assertThat(events).hasSize(3);
    }

    @Test
    void otherContentUnderTheSameNameIsRefusedWhole() {
        KeyRotation rotation = rotation(null);
        KeyRing before = rotation.current();
        source = () -> new KeySet(List.of(key("k1", "another secret of enough bytes 4711"), key("k2")), List.of());
        rotation.reload();

        assertThat(rotation.current()).isSameAs(before);
        assertThat(rotation.healthy()).isFalse();

        source = () -> new KeySet(List.of(key("k1"), key("k2")), List.of());
        rotation.reload();
        assertThat(rotation.healthy()).isTrue();
        assertThat(rotation.current().verifiers().knows("k2")).isTrue();
    }

    @Test
    void aSetMustHaveASignerAndEveryNameOnce() {
        KeyPair pair = TestKeys.ec("own", "secp256r1");
        VerificationKey publicOnly = VerificationKey.of("e1", SignatureAlgorithm.ES256, pair.getPublic());

        source = () -> new KeySet(List.of(), List.of(publicOnly));
        assertThatThrownBy(() -> rotation(null)).hasMessageContaining("expected a private key or a secret");
        source = () -> new KeySet(List.of(key("e1")), List.of(publicOnly));
        assertThatThrownBy(() -> rotation(null)).hasMessageContaining("found the kid \"e1\" twice");
        source = () -> new KeySet(List.of(key("")), List.of());
        assertThatThrownBy(() -> rotation(null)).hasMessageContaining("without kid");
        source = () -> new KeySet(
                List.of(key("k1")), List.of(VerificationKey.of(null, SignatureAlgorithm.ES256, pair.getPublic())));
        assertThatThrownBy(() -> rotation(null)).hasMessageContaining("without kid");
        source = () -> new KeySet(List.of(key("k1")), List.of(publicOnly));
        assertThatThrownBy(() -> rotation("e1"))
                .hasMessageContaining("identities.keys.signer: found \"e1\"")
                .hasMessageContaining("[k1]");
    }

    @Test
    void keysPrintWithoutTheirContent() {
        assertThat(key("k1").toString()).isEqualTo("SigningKey[k1, HS256]");
        assertThat(key("k1").verifier().toString()).isEqualTo("VerificationKey[k1, HS256]");
        assertThat(new KeySettings(SECRET, "HS256", null, null, Duration.ZERO, Duration.ofSeconds(1)).toString())
                .doesNotContain(SECRET);
    }

    private static final String SECRET = "one of many secrets, of enough bytes 0815";

    private KeyRotation rotation(@Nullable String preferred) {
        return new KeyRotation(
                () -> source.read(),
                preferred,
                Duration.ofSeconds(180),
                clock,
                new SecurityEvents(List.of(events::add)));
    }

    private static KeySet set(String... ids) {
        return new KeySet(Stream.of(ids).map(KeyRotationTest::key).toList(), List.of());
    }

    private static SigningKey key(String id) {
        return key(id, SECRET + id);
    }

    private static SigningKey key(String id, String secret) {
        return SigningKey.hmac(id, SignatureAlgorithm.HS256, secret.getBytes(StandardCharsets.UTF_8));
    }
}
