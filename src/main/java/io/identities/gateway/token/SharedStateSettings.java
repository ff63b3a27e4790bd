package io.identities.gateway.token;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.shared-state} and {@code identities.shared-state-outage}.
 *
 * @param sharedState where replicas share revocations and throttle counters; redis uses spring.data.redis
 * @param sharedStateOutage what a request meets while the shared state is out of reach: serve goes by the last known
 *     revocations, refuse answers 503
 */
@ConfigurationProperties("identities")
record SharedStateSettings(
        @DefaultValue("none") Store sharedState,
        @DefaultValue("serve") Outage sharedStateOutage) {

    enum Store {
        NONE,
        REDIS
    }

    enum Outage {
        SERVE,
        REFUSE
    }
}
