package io.identities.gateway.ops;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the gateway looks at what it depends on.
 *
 * @param cache for how long a finding is shown before anybody looks again, however often probes ask
 * @param timeout how long one look may take
 * @param deepReadiness whether an outage of a dependency makes this replica not ready; off by default, because it takes
 *     every replica away at once
 */
@ConfigurationProperties("identities.health")
record HealthSettings(
        @DefaultValue("10s") Duration cache,
        @DefaultValue("2s") Duration timeout,
        @DefaultValue("false") boolean deepReadiness) {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** A connection's time-out is an int of milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(24);

    HealthSettings {
        within("cache", cache);
        within("timeout", timeout);
    }

    private static void within(String name, Duration found) {
        if (found.compareTo(SHORTEST) < 0 || found.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "identities.health." + name + ": found " + found + ", expected 1 ms to 24 days");
        }
    }
}
