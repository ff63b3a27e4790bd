package io.identities.gateway.credentials;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.audit.SecurityEvent.Origin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The result of the latest call to the credential check; makes no calls of its own. Thread-safe. */
public final class CredentialCheckHealth {

    private static final Logger log = LoggerFactory.getLogger(CredentialCheckHealth.class);
    private static final Duration SAME_CAUSE_AGAIN = Duration.ofMinutes(1);
    private static final int CAUSES = 32;

    private final Clock clock;
    private final BooleanSupplier circuitOpen;
    private final Map<String, Instant> logged = new ConcurrentHashMap<>();
    private volatile Report last = new Report(State.NOT_ASKED, null, null);

    CredentialCheckHealth(Clock clock, BooleanSupplier circuitOpen) {
        this.clock = clock;
        this.circuitOpen = circuitOpen;
    }

    /**
     * The latest result. {@code UNAVAILABLE} is a check that did not respond; a response that is neither yes nor no
     * changes nothing.
     */
    public enum State {
        NOT_ASKED,
        ANSWERING,
        UNAVAILABLE
    }

    /**
     * @param cause why it did not respond, without any credential; null unless {@code UNAVAILABLE}
     * @param since when the check last responded, or failed to; null before the first call
     */
    public record Report(
            State state, @Nullable String cause, @Nullable Instant since) {}

    public Report report() {
        return last;
    }

    /** Whether the circuit breaker keeps the check from being called. */
    public boolean circuitOpen() {
        return circuitOpen.getAsBoolean();
    }

    void answered() {
        last = new Report(State.ANSWERING, null, clock.instant());
    }

    /** @param origin of the request that caused the call; null without one */
    void failed(CredentialCheckUnavailableException failure, @Nullable Origin origin) {
        String cause = String.valueOf(failure.getMessage());
        Instant now = clock.instant();
        if (failure.kind().isOutage()) {
            last = new Report(State.UNAVAILABLE, cause, now);
        }
        if (mayLog(cause, now)) {
            String requestId = origin == null ? "-" : origin.requestId();
            log.atWarn()
                    .addKeyValue(EcsField.REQUEST_ID, requestId)
                    .log("The credential check could not tell: {} (request {})", cause, requestId);
        }
    }

    private boolean mayLog(String cause, Instant now) {
        Instant before = logged.get(cause);
        if (before != null && now.isBefore(before.plus(SAME_CAUSE_AGAIN))) {
            return false;
        }
        if (before == null && logged.size() >= CAUSES) {
            logged.values().removeIf(at -> !now.isBefore(at.plus(SAME_CAUSE_AGAIN)));
            if (logged.size() >= CAUSES) {
                return false;
            }
        }
        logged.put(cause, now);
        return true;
    }
}
