package io.identities.gateway.credentials;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.credentials.throttle.*}.
 *
 * @param enabled whether logins are throttled at all
 * @param maxEntries counters of each kind that are kept in memory
 * @param redisTimeout longest wait for the shared counters before the local ones are used
 */
record ThrottleSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue UserAndNetwork userAndNetwork,
        @DefaultValue Network network,
        @DefaultValue User user,
        @DefaultValue("50000") int maxEntries,
        @DefaultValue("250ms") Duration redisTimeout) {

    ThrottleSettings {
        Setting.positive("throttle.max-entries", maxEntries);
        Setting.positive("throttle.redis-timeout", redisTimeout);
    }

    /**
     * The limit of one user from one network.
     *
     * @param failures free failures in a row
     * @param firstWait wait after them, doubled by every further failure
     * @param maxWait longest wait
     * @param forgetAfter time without an attempt after which failures are forgotten
     */
    record UserAndNetwork(
            @DefaultValue("5") int failures,
            @DefaultValue("1s") Duration firstWait,
            @DefaultValue("15m") Duration maxWait,
            @DefaultValue("1h") Duration forgetAfter) {

        UserAndNetwork {
            Setting.positive("throttle.user-and-network.failures", failures);
            Setting.positive("throttle.user-and-network.first-wait", firstWait);
            Setting.positive("throttle.user-and-network.max-wait", maxWait);
            if (forgetAfter.compareTo(maxWait) < 0) {
                throw Setting.wrong(
                        "throttle.user-and-network.forget-after", forgetAfter, "at least max-wait, " + maxWait);
            }
        }
    }

    /**
     * The limit of all users from one network.
     *
     * @param failures failures in the time of per
     * @param per time in which they become free again, evenly
     * @param maxWait longest wait in Retry-After
     * @param ipv4Prefix prefix length of an IPv4 network
     * @param ipv6Prefix prefix length of an IPv6 network
     */
    record Network(
            @DefaultValue("100") int failures,
            @DefaultValue("1m") Duration per,
            @DefaultValue("30s") Duration maxWait,
            @DefaultValue("32") int ipv4Prefix,
            @DefaultValue("64") int ipv6Prefix) {

        Network {
            Setting.positive("throttle.network.failures", failures);
            Setting.positive("throttle.network.per", per);
            Setting.positive("throttle.network.max-wait", maxWait);
            Setting.within("throttle.network.ipv4-prefix", ipv4Prefix, 1, 32);
            Setting.within("throttle.network.ipv6-prefix", ipv6Prefix, 1, 128);
        }
    }

    /**
     * The limit of one user over all networks where the user never logged in.
     *
     * @param failures failures in the time of per
     * @param per time in which they become free again, evenly
     * @param checkEvery when they are used up, time between two checks
     * @param rememberNetworks how long a login from a network is remembered
     */
    record User(
            @DefaultValue("50") int failures,
            @DefaultValue("1h") Duration per,
            @DefaultValue("5s") Duration checkEvery,
            @DefaultValue("30d") Duration rememberNetworks) {

        User {
            Setting.positive("throttle.user.failures", failures);
            Setting.positive("throttle.user.per", per);
            Setting.positive("throttle.user.check-every", checkEvery);
            if (rememberNetworks.isNegative() || rememberNetworks.isZero()) {
                throw Setting.wrong("throttle.user.remember-networks", rememberNetworks, "more than nothing");
            }
        }
    }

    ThrottleRules rules() {
        return new ThrottleRules(
                new ThrottleRules.UserAndNetwork(
                        userAndNetwork.failures(),
                        userAndNetwork.firstWait(),
                        userAndNetwork.maxWait(),
                        userAndNetwork.forgetAfter()),
                new ThrottleRules.Network(
                        network.failures(),
                        network.per(),
                        network.maxWait(),
                        network.ipv4Prefix(),
                        network.ipv6Prefix()),
                new ThrottleRules.User(user.failures(), user.per(), user.checkEvery(), user.rememberNetworks()));
    }
}
