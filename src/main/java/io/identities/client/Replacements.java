package io.identities.client;

import java.time.Duration;
import java.time.Instant;

/**
 * Limits how often a token that was refused with 401 is replaced by another login: a backend that always responds with
 * 401 must not turn each call into a login. Not thread-safe.
 */
final class Replacements {

    private final BackOff backOff;
    private final Duration forgottenAfter;
    private Instant last = Instant.MIN;
    private Instant allowedAt = Instant.MIN;

    /** @param forgottenAfter time without a replacement after which the waits start from the shortest again */
    Replacements(BackOff backOff, Duration forgottenAfter) {
        this.backOff = backOff;
        this.forgottenAfter = forgottenAfter;
    }

    /** A clock that was set back makes no wait longer. */
    boolean isAllowed(Instant now) {
        return now.isBefore(last) || !now.isBefore(allowedAt);
    }

    void count(Instant now) {
        if (!last.equals(Instant.MIN) && now.isAfter(last.plus(forgottenAfter))) {
            backOff.reset();
        }
        last = now;
        allowedAt = now.plus(backOff.next());
    }
}
