package io.identities.gateway.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The warm-up before readiness.
 *
 * @param enabled whether the gateway warms itself up before it is ready
 * @param maxDuration the longest that requests are sent for; starting and ending the throw-away gateway come on top
 * @param requests how many requests are enough
 */
@ConfigurationProperties("identities.warm-up")
record WarmUpSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("8s") Duration maxDuration,
        @DefaultValue("8000") int requests) {

    WarmUpSettings {
        if (maxDuration.isNegative() || maxDuration.isZero() || maxDuration.compareTo(Duration.ofMinutes(2)) > 0) {
            throw new IllegalArgumentException(
                    "identities.warm-up.max-duration: found " + maxDuration + ", expected more than zero, at most 2m");
        }
        if (requests < 1) {
            throw new IllegalArgumentException(
                    "identities.warm-up.requests: found " + requests + ", expected one or more");
        }
    }
}
