package io.identities.client;

import java.time.Duration;
import java.time.Instant;

/**
 * How often a token that somebody answered 401 to may be replaced by logging in again: a backend that says 401 to
 * everything must not turn each call into a login. Not thread-safe.
 */
final class Replacements {

    private final BackOff backOff;
    private final Duration forgottenAfter;
    private Instant last = Instant.MIN;
    private Instant allowedAt = Instant.MIN;

    /** @param forgottenAfter a quiet time after which the waits start from the shortest again */
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
