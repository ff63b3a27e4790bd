package io.identities.gateway.credentials;

import io.identities.gateway.credentials.LoginThrottle.Verdict;
import reactor.core.publisher.Mono;

/**
 * Where the counters of the throttle live. Every operation is atomic; one that cannot be done in time is an error. An
 * {@link #admit} or a {@link #take} that ended with an error leaves nothing behind for good, even where it is carried out
 * later; the others, which only say how an attempt ended, may still take effect.
 */
interface ThrottleCounters {

    /** Admits an attempt by the back-off of a key, or says why not. An admitted one is to be settled. */
    Mono<Backoff.Step> admit(String key);

    /** Settles an attempt that {@link #admit} admitted. */
    Mono<Void> settle(String key, Verdict verdict);

    /** Takes one from a budget: 0 when there was one, else the nanoseconds until there is. */
    Mono<Long> take(Budget budget, String key);

    Mono<Void> giveBack(Budget budget, String key);

    Mono<Boolean> isKnown(String user, String network);

    Mono<Void> remember(String user, String network);

    /** A number of things per time that fills up evenly. */
    enum Budget {
        NETWORK,
        USER,
        /** What is left of {@code USER} when that is used up. */
        USER_TRICKLE
    }
}
