package io.identities.gateway.credentials;

import java.time.Duration;

/** The three limits on logins. Only failures count. */
record ThrottleRules(UserAndNetwork userAndNetwork, Network network, User user) {

    /**
     * The limit of one user from one network.
     *
     * @param failures free failures before waits begin
     * @param firstWait doubled by every further failure
     * @param forgetAfter time without an attempt after which the failures are forgotten
     */
    record UserAndNetwork(int failures, Duration firstWait, Duration maxWait, Duration forgetAfter) {

        /** Keeps the shift from overflowing; the longest wait is reached before. */
        private static final int MAX_DOUBLINGS = 30;

        /** The wait after {@code count} failures in a row. */
        Duration waitAfter(int count) {
            if (count < failures) {
                return Duration.ZERO;
            }
            Duration doubled = firstWait.multipliedBy(1L << Math.min(count - failures, MAX_DOUBLINGS));
            return doubled.compareTo(maxWait) < 0 ? doubled : maxWait;
        }
    }

    /**
     * The limit of all users from one network.
     *
     * @param maxWait the longest {@code Retry-After}
     */
    record Network(int failures, Duration per, Duration maxWait, int ipv4Prefix, int ipv6Prefix) {}

    /**
     * The limit of one user over all networks; does not apply to networks where the user has logged in before.
     *
     * @param checkEvery when the failures are used up, one check per this time is still made
     * @param rememberNetworks how long a login from a network is remembered
     */
    record User(int failures, Duration per, Duration checkEvery, Duration rememberNetworks) {}
}
