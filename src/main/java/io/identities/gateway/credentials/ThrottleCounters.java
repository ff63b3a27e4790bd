package io.identities.gateway.credentials;

import io.identities.gateway.credentials.LoginThrottle.Verdict;
import reactor.core.publisher.Mono;

/**
 * Stores the counters of the throttle. Every operation is atomic; one that cannot be performed in time is an error. An
 * {@link #admit} or a {@link #take} that ended with an error has no lasting effect, even if it is executed later; the
 * others, which only record how an attempt ended, may still take effect.
 */
interface ThrottleCounters {

    /** Admits or refuses an attempt by the back-off of a key. The caller settles an admitted one. */
    Mono<Backoff.Step> admit(String key);

    /** Settles an attempt that {@link #admit} admitted. */
    Mono<Void> settle(String key, Verdict verdict);

    /** Takes one from a budget: 0 on success, else the nanoseconds until one is available. */
    Mono<Long> take(Budget budget, String key);

    Mono<Void> giveBack(Budget budget, String key);

    Mono<Boolean> isKnown(String user, String network);

    Mono<Void> remember(String user, String network);

    /** A token bucket that refills evenly. */
    enum Budget {
        NETWORK,
        USER,
        /** The slow rate that remains when {@code USER} is used up. */
        USER_TRICKLE
    }
}
