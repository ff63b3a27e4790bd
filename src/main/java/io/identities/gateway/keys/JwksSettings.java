package io.identities.gateway.keys;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings {@code identities.jwks.*}: how the key sets of trusted issuers are fetched.
 *
 * @param refreshInterval how often a key set is fetched; a key that its issuer withdraws is refused after that
 * @param staleLimit how long the last good set stays in use while it cannot be fetched
 * @param unknownKeyCoolDown least time between two fetches caused by tokens with an unknown kid
 * @param timeout for one whole fetch
 * @param maxSize largest key set
 */
@ConfigurationProperties("identities.jwks")
record JwksSettings(
        @DefaultValue("5m") Duration refreshInterval,
        @DefaultValue("12h") Duration staleLimit,
        @DefaultValue("30s") Duration unknownKeyCoolDown,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("512KB") DataSize maxSize) {

    JwksSettings {
        check("refresh-interval", refreshInterval, Duration.ofSeconds(1), Duration.ofDays(1));
        check("stale-limit", staleLimit, refreshInterval, Duration.ofDays(30));
        check("unknown-key-cool-down", unknownKeyCoolDown, Duration.ofSeconds(1), Duration.ofHours(1));
        check("timeout", timeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        check("max-size", maxSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(16));
    }

    FetchLimits limits() {
        return new FetchLimits(refreshInterval, staleLimit, unknownKeyCoolDown);
    }

    private static <T extends Comparable<T>> void check(String name, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "identities.jwks." + name + ": found " + value + ", expected " + least + " to " + most);
        }
    }
}
