package io.identities.gateway.credentials;

import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Where the counters of the throttle live. Every operation is atomic; one that cannot be done is an error. */
interface ThrottleCounters {

    /** Milliseconds of the clock that the back-offs here keep to. */
    long now();

    /** Replaces the back-off of a key by the step's and gives the step. */
    Mono<Backoff.Step> update(String key, Function<Backoff, Backoff.Step> step);

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
