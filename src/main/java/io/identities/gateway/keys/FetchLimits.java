package io.identities.gateway.keys;

import java.time.Duration;

/**
 * When the key set of a trusted issuer is fetched.
 *
 * @param refreshInterval from a successful fetch to the next
 * @param staleLimit how long keys stay in use that could not be confirmed
 * @param coolDown between two fetches that tokens cause
 */
record FetchLimits(Duration refreshInterval, Duration staleLimit, Duration coolDown) {

    /** From a successful fetch to the next: leaves time for a fetch and several retries before the keys are stale. */
    Duration refreshPause() {
        Duration half = staleLimit.dividedBy(2);
        return half.compareTo(refreshInterval) < 0 ? half : refreshInterval;
    }
}
