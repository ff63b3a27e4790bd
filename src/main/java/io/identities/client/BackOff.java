package io.identities.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Waits that double from one failure to the next, each a little different from client to client. Not thread-safe. */
final class BackOff {

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

    /** The wait after one more failure, half as long at the least as the doubling says. */
    Duration next() {
        double doubled = shortest.toMillis() * Math.pow(2, Math.min(failures++, 30));
        double capped = Math.min(doubled, (double) longest.toMillis());
        return Duration.ofMillis((long) (capped * (0.5 + random.getAsDouble() / 2)));
    }

    void reset() {
        failures = 0;
    }
}
