package io.identities.gateway.ops;

import io.identities.gateway.keys.KeyRing;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.keys.VerificationKey;
import io.identities.gateway.keys.VerificationKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code keys}: which keys are in force, since when, and which one signs. Never any key material. */
@Endpoint(id = "keys")
final class KeysEndpoint {

    private final KeyRotation rotation;
    private final TrustedIssuers issuers;
    private final Clock clock;

    KeysEndpoint(KeyRotation rotation, TrustedIssuers issuers, Clock clock) {
        this.rotation = rotation;
        this.issuers = issuers;
        this.clock = clock;
    }

    @ReadOperation
    Keys keys() {
        Instant now = clock.instant();
        KeyRing ring = rotation.current();
        String signer = ring.signer(now).id();
        List<Key> own = ring.verifiers().all().stream()
                .map(key -> key(key, ring, signer, now))
                .toList();
        return new Keys(
                signer,
                rotation.healthy(),
                rotation.changedAt(),
                own,
                issuers.all().stream().map(issuer -> issuer(issuer, now)).toList());
    }

    private Key key(VerificationKey key, KeyRing ring, String signer, Instant now) {
        String id = String.valueOf(key.id());
        Instant since = ring.firstSeen().get(id);
        boolean signs = id.equals(signer);
        return new Key(
                id,
                key.algorithm().toString(),
                since != null,
                signs,
                since == null ? null : seconds(since, now),
                since == null ? null : signs ? 0L : Math.max(0L, seconds(now, since.plus(rotation.activationDelay()))));
    }

    private static Issuer issuer(TrustedIssuer issuer, Instant now) {
        VerificationKeys keys = issuer.keys().current();
        Instant confirmed = issuer.keys().confirmedAt();
        return new Issuer(
                issuer.name(),
                issuer.issuer(),
                keys == null ? 0 : keys.all().size(),
                issuer.keys().isFailing(),
                confirmed == null ? null : seconds(confirmed, now));
    }

    private static long seconds(Instant from, Instant to) {
        return Duration.between(from, to).toSeconds();
    }

    /**
     * @param signer the {@code kid} of the key that signs now
     * @param healthy whether the latest read of the source found a complete, usable set
     */
    record Keys(String signer, boolean healthy, Instant changedAt, List<Key> own, List<Issuer> trustedIssuers) {}

    /**
     * @param canSign false for a key that only verifies
     * @param ageSeconds since this process first saw it; null for one that only verifies
     * @param activatesInSeconds until its activation delay is over; zero if it is, or if the key signs already
     */
    record Key(
            String kid,
            String algorithm,
            boolean canSign,
            boolean signs,
            @Nullable Long ageSeconds,
            @Nullable Long activatesInSeconds) {}

    /** @param confirmedSecondsAgo since the key set was last fetched; null before the first time */
    record Issuer(
            String name,
            String issuer,
            int usableKeys,
            boolean failing,
            @Nullable Long confirmedSecondsAgo) {}
}
