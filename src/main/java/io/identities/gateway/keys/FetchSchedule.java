package io.identities.gateway.keys;

import java.time.Duration;
import java.time.Instant;

/**
 * When a key set is fetched next: after the refresh interval, or after failures with exponential back-off. Written by
 * one thread at a time.
 */
final class FetchSchedule {

    /** Between two attempts while there are no keys: no caller waits longer than this for the next one to begin. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Duration refreshInterval;
    private volatile Instant triedAt = Instant.MIN;
    private volatile Instant dueAt = Instant.MIN;
    private volatile int failures;

    FetchSchedule(Duration refreshInterval) {
        this.refreshInterval = refreshInterval;
    }

    /** Also after a clock was set back, when the age of the latest attempt is unknown. */
    boolean isDue(Instant now) {
        return !now.isBefore(dueAt) || now.isBefore(triedAt);
    }

    /** How long a caller that needs keys waits for the next attempt. */
    Duration pauseLeft(Instant now) {
        if (triedAt.equals(Instant.MIN)) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, triedAt.plus(LEAST_PAUSE));
        return left.isNegative() ? Duration.ZERO : min(left, LEAST_PAUSE);
    }

    /** Whether the latest attempt failed. */
    boolean isFailing() {
        return failures > 0;
    }

    void succeeded(Instant now) {
        triedAt = now;
        dueAt = now.plus(refreshInterval);
        failures = 0;
    }

    void failed(Instant now) {
        int count = Math.min(failures + 1, 10);
        failures = count;
        triedAt = now;
        dueAt = now.plus(min(LEAST_PAUSE.multipliedBy(1L << (count - 1)), LONGEST_PAUSE));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
