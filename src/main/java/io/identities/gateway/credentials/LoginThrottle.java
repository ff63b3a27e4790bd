package io.identities.gateway.credentials;

import java.net.InetAddress;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Decides whether another login attempt is allowed now. The user's own bean of this type replaces the gateway's.
 *
 * <p>An admitted attempt counts as a failure from the moment of its admission, so that parallel guesses cannot pass a
 * limit together; its settlement corrects that. Must not block the calling thread, which is an event loop.
 */
public interface LoginThrottle {

    /**
     * Emits exactly one value, never an error.
     *
     * @param username as entered; implementations compare names in a normalised form
     */
    Mono<Admission> admit(String username, InetAddress client);

    /** The decision: {@link Admitted} or {@link Denied}. */
    sealed interface Admission {}

    /** The check may be called; the caller settles the attempt exactly once. */
    record Admitted(Settlement settlement) implements Admission {}

    /** The check must not be called. */
    record Denied(Rule rule, Duration retryAfter) implements Admission {}

    /** Records how an admitted attempt ended; completes when that is recorded, never with an error. */
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
