package io.identities.client;

import java.time.Duration;
import java.time.Instant;

/** The state after a failed attempt: no other attempt is made until its wait is over. Guarded by its owner's lock. */
final class Setback {

    private final BackOff waits;
    private IdentitiesException failure;
    private Instant since = Instant.MIN;
    private Instant until = Instant.MIN;

    Setback(BackOff waits) {
        this.waits = waits;
    }

    /** Not any more where the clock was set back behind its start: it could last for hours. */
    boolean lasts(Instant now) {
        return !now.isBefore(since) && now.isBefore(until);
    }

    Instant until() {
        return until;
    }

    /** The failure of the latest attempt, with the stack trace of the caller. */
    IdentitiesException failure() {
        return failure.again();
    }

    /** One more attempt has failed; the gateway's {@code Retry-After} takes precedence over the back-off. */
    IdentitiesException after(Failure reason, Instant now) {
        Duration ownWait = waits.next();
        since = now;
        until = now.plus(reason.retryAfter().orElse(ownWait));
        failure = reason.toException(until);
        return failure;
    }

    /** An attempt has succeeded. */
    void forget() {
        waits.reset();
        failure = null;
        since = Instant.MIN;
        until = Instant.MIN;
    }
}
