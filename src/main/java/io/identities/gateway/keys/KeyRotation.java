package io.identities.gateway.keys;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.keys.KeySource.KeySet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the key ring in force and replaces it atomically when the source has another complete set; keeps the last good
 * one while the source is broken. Reads are lock-free; {@link #reload} is called by one thread at a time.
 */
public final class KeyRotation {

    private static final Logger log = LoggerFactory.getLogger(KeyRotation.class);

    private final KeySource source;
    private final @Nullable String preferredSigner;
    private final Duration activationDelay;
    private final Clock clock;
    private final SecurityEvents events;

    private KeySet set;
    private volatile KeyRing current;
    private volatile Instant changedAt;
    private volatile boolean healthy = true;
    private String lastFailure = "";

    /**
     * Reads the first set at once.
     *
     * @param preferredSigner the {@code kid} of the signing key; null for the last in byte order
     * @throws UnusableKeyException if the source has no complete, usable set
     */
    KeyRotation(
            KeySource source,
            @Nullable String preferredSigner,
            Duration activationDelay,
            Clock clock,
            SecurityEvents events) {
        this.source = source;
        this.preferredSigner = preferredSigner;
        this.activationDelay = activationDelay;
        this.clock = clock;
        this.events = events;
        this.changedAt = clock.instant();
        this.set = source.read();
        this.current = ring(set, Map.of());
        log.info("Keys in force: {}; {} signs", ids(), signer().id());
    }

    /** The ring in force; another object after every change. */
    public KeyRing current() {
        return current;
    }

    /** The key that signs now. */
    public SigningKey signer() {
        return current.signer(clock.instant());
    }

    /** When the set in force came into force in this process. */
    public Instant changedAt() {
        return changedAt;
    }

    /** Whether the latest read of the source found a complete, usable set. */
    public boolean healthy() {
        return healthy;
    }

    public Duration activationDelay() {
        return activationDelay;
    }

    /** Reads the source; never throws. */
    void reload() {
        try {
            KeySet found = source.read();
            if (found.equals(set)) {
                recovered();
                return;
            }
            KeyRing ring = ring(found, current.firstSeen());
            refuseReplacedContent(found);
            accept(found, ring);
        } catch (RuntimeException | Error e) {
            reportFailure(e);
        }
    }

    private void accept(KeySet found, KeyRing ring) {
        set = found;
        current = ring;
        changedAt = clock.instant();
        healthy = true;
        lastFailure = "";
        events.publish(new SecurityEvent.KeyReload(Outcome.ACCEPTED, "changed"));
        log.info("Keys have changed. In force: {}; {} signs", ids(), signer().id());
    }

    private void recovered() {
        if (!healthy) {
            healthy = true;
            lastFailure = "";
            events.publish(new SecurityEvent.KeyReload(Outcome.ACCEPTED, "recovered"));
            log.info("Keys can be read again, and are those in force");
        }
    }

    // One WARN per cause, not one per interval.
    private void reportFailure(Throwable e) {
        healthy = false;
        String cause = e instanceof UnusableKeyException ? String.valueOf(e.getMessage()) : e.toString();
        if (!cause.equals(lastFailure)) {
            lastFailure = cause;
            events.publish(new SecurityEvent.KeyReload(Outcome.REFUSED, "unusable"));
            log.warn("The last good keys stay in force: {}", cause);
        }
    }

    private KeyRing ring(KeySet keys, Map<String, Instant> known) {
        Instant now = clock.instant();
        Map<String, Instant> firstSeen = new HashMap<>();
        keys.signers().forEach(key -> firstSeen.put(key.id(), known.getOrDefault(key.id(), now)));
        return KeyRing.of(keys, preferredSigner, firstSeen, activationDelay);
    }

    // Replicas would disagree about such a key without noticing.
    private void refuseReplacedContent(KeySet found) {
        for (VerificationKey old : current.verifiers().all()) {
            String id = old.id();
            for (VerificationKey key : allOf(found)) {
                if (Objects.equals(key.id(), id) && !key.equals(old)) {
                    throw new UnusableKeyException(
                            "found other content under the kid \"" + id + "\", expected a new key under a new name");
                }
            }
        }
    }

    private static List<VerificationKey> allOf(KeySet keys) {
        return Stream.concat(keys.verifiers().stream(), keys.signers().stream().map(SigningKey::verifier))
                .toList();
    }

    private List<String> ids() {
        return current.verifiers().all().stream().map(VerificationKey::toString).toList();
    }
}
