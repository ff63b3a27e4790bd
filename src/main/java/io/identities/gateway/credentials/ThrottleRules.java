package io.identities.gateway.credentials;

import java.time.Duration;

/** The figures of the three limits on logins. Only failures count. */
record ThrottleRules(UserAndNetwork userAndNetwork, Network network, User user) {

    /**
     * Of one user from one network.
     *
     * @param failures free ones, before waits begin
     * @param firstWait doubled by every further failure
     * @param forgetAfter how long without another attempt until the failures are forgotten
     */
    record UserAndNetwork(int failures, Duration firstWait, Duration maxWait, Duration forgetAfter) {

        /** How long to wait after so many failures in a row. */
        Duration waitAfter(int count) {
            if (count < failures) {
                return Duration.ZERO;
            }
            Duration doubled = firstWait.multipliedBy(1L << Math.min(count - failures, 30));
            return doubled.compareTo(maxWait) < 0 ? doubled : maxWait;
        }
    }

    /**
     * Of everybody from one network.
     *
     * @param maxWait never more than this is answered as the time to wait
     */
    record Network(int failures, Duration per, Duration maxWait, int ipv4Prefix, int ipv6Prefix) {}

    /**
     * Of one user over all networks; it does not hold where the user has logged in before.
     *
     * @param checkEvery when the failures are used up, one check in this time is still made
     * @param rememberNetworks how long it is known that a user logged in from a network
     */
    record User(int failures, Duration per, Duration checkEvery, Duration rememberNetworks) {}
}
