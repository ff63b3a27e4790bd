package io.identities.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Exponential back-off with jitter. Not thread-safe. */
final class BackOff {

    /** Keeps the doubling finite; the longest wait is reached before. */
    private static final int MAX_DOUBLINGS = 30;

    private final Duration shortest;
    private final Duration longest;
    private final DoubleSupplier random;
    private int failures;

    /** @param random from 0 to 1 */
    BackOff(Duration shortest, Duration longest, DoubleSupplier random) {
        this.shortest = shortest;
        this.longest = longest;
        this.random = random;
    }

    /** The wait after one more failure: between half and all of the doubled wait. */
    Duration next() {
        double doubled = shortest.toMillis() * Math.pow(2, Math.min(failures++, MAX_DOUBLINGS));
        double capped = Math.min(doubled, (double) longest.toMillis());
        return Duration.ofMillis((long) (capped * (0.5 + random.getAsDouble() / 2)));
    }

    void reset() {
        failures = 0;
    }
}
