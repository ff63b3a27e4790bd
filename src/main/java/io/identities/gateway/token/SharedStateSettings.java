package io.identities.gateway.token;

import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.shared-state}, {@code identities.shared-state-outage} and
 * {@code identities.shared-state-namespace}.
 *
 * @param sharedState where replicas share revocations and throttle counters; redis uses spring.data.redis
 * @param sharedStateOutage behaviour while the shared state is unreachable: serve uses the last known revocations,
 *     refuse responds with 503
 * @param sharedStateNamespace prefix of every key, so that installations can share one Redis
 */
@ConfigurationProperties("identities")
record SharedStateSettings(
        @DefaultValue("none") Store sharedState,
        @DefaultValue("serve") Outage sharedStateOutage,
        @DefaultValue("") String sharedStateNamespace) {

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._-]{0,64}");

    SharedStateSettings {
        if (!NAMESPACE.matcher(sharedStateNamespace).matches()) {
            throw new IllegalArgumentException("identities.shared-state-namespace: found \"" + sharedStateNamespace
                    + "\", expected at most 64 letters, digits, dots, underscores or hyphens");
        }
    }

    SharedState place() {
        return new SharedState(sharedState == Store.REDIS, sharedStateNamespace);
    }

    enum Store {
        NONE,
        REDIS
    }

    enum Outage {
        SERVE,
        REFUSE
    }
}
