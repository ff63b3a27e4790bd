package io.identities.gateway.credentials;

import java.net.InetAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Says whether another attempt to log in may be made now. The user's own bean of this type replaces the gateway's.
 *
 * <p>An admitted attempt counts as a failure from the moment of its admission, so that parallel guesses cannot pass a
 * limit together; its settlement says what it really was. Never blocks the calling thread, which is an event loop.
 */
public interface LoginThrottle {

    /**
     * Exactly one answer, never an error.
     *
     * @param username as typed; whoever implements this compares names in a normalised form
     */
    Mono<Admission> admit(String username, InetAddress client);

    /** The answer: {@link Admitted} or {@link Denied}. */
    sealed interface Admission {}

    /** The check may be asked; the settlement must be told how it went, exactly once. */
    record Admitted(Settlement settlement) implements Admission {}

    /** The check must not be asked. */
    record Denied(Rule rule, Duration retryAfter) implements Admission {}

    /** Takes note of how an admitted attempt ended; completes when that is noted and never errors. */
    @FunctionalInterface
    interface Settlement {
        Mono<Void> settle(Verdict verdict);
    }

    /** How an admitted attempt ended. Only {@code FAILED} counts. */
    enum Verdict {
        SUCCEEDED,
        FAILED,
        UNDECIDED
    }

    /** Which limit was reached. */
    enum Rule {
        USER_AND_NETWORK,
        NETWORK,
        USER
    }

    /** Admits everything. */
    static LoginThrottle none() {
        return (username, client) -> Mono.just(new Admitted(verdict -> Mono.empty()));
    }
}
