package io.identities.gateway.ops;

import io.identities.gateway.http.TimeoutRange;
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
        TimeoutRange.require("identities.health.cache", cache, TimeoutRange.LONGEST_CONNECT);
        TimeoutRange.require("identities.health.timeout", timeout, TimeoutRange.LONGEST_CONNECT);
    }
}
