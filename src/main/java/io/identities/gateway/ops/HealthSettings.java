package io.identities.gateway.ops;

import io.identities.gateway.http.TimeoutRange;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the gateway probes its dependencies.
 *
 * @param cache for how long a result is used before the next probe, however often health is requested
 * @param timeout how long one probe may take
 * @param deepReadiness whether an outage of a dependency makes this replica not ready; off by default, because an
 *     outage would make all replicas not ready at once
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
