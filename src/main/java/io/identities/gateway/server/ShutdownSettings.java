package io.identities.gateway.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code identities.shutdown.*}.
 *
 * @param preStopDelay time between turning readiness off and refusing connections; 5 s in Kubernetes, else none
 */
@ConfigurationProperties("identities.shutdown")
record ShutdownSettings(@Nullable Duration preStopDelay) {

    private static final Duration IN_KUBERNETES = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofDays(1);

    ShutdownSettings {
        if (preStopDelay != null && (preStopDelay.isNegative() || preStopDelay.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "identities.shutdown.pre-stop-delay: found " + preStopDelay + ", expected zero to one day");
        }
    }

    Duration preStopDelay(boolean inKubernetes) {
        if (preStopDelay != null) {
            return preStopDelay;
        }
        return inKubernetes ? IN_KUBERNETES : Duration.ZERO;
    }
}
