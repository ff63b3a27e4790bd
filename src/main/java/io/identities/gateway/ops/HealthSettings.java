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

    HealthSettings {
        positive("cache", cache);
        positive("timeout", timeout);
    }

    private static void positive(String name, Duration found) {
        if (found.isZero() || found.isNegative()) {
            throw new IllegalArgumentException(
                    "identities.health." + name + ": found " + found + ", expected more than zero");
        }
    }
}
