package io.identities.client;

import java.time.Duration;
import java.time.Instant;

/** What a failed attempt leaves behind: until its wait is over nobody asks again. Its owner's lock guards it. */
final class Setback {

    private final BackOff waits;
    private IdentitiesException failure;
    private Instant until = Instant.MIN;

    Setback(BackOff waits) {
        this.waits = waits;
    }

    boolean lasts(Instant now) {
        return now.isBefore(until);
    }

    Instant until() {
        return until;
    }

    /** The failure of the latest attempt, with the stack trace of whoever asks now. */
    IdentitiesException failure() {
        return failure.again();
    }

    /** One more failed attempt; the gateway's own wait goes before the back-off. */
    IdentitiesException after(Failure reason, Instant now) {
        Duration ownWait = waits.next();
        until = now.plus(reason.retryAfter().orElse(ownWait));
        failure = reason.toException(until);
        return failure;
    }

    /** An attempt has succeeded. */
    void forget() {
        waits.reset();
        failure = null;
        until = Instant.MIN;
    }
}
