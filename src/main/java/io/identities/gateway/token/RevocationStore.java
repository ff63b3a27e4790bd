package io.identities.gateway.token;

import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Remembers revocations. {@link #verdict} is called for every request and must use local memory only. An unexpired
 * entry is never evicted. The user's own bean of this type replaces the gateway's.
 */
public interface RevocationStore {

    Verdict verdict(AccessToken token);

    /**
     * Applies a revocation locally at once, then everywhere.
     *
     * @return completes when the store has confirmed; fails with {@link RevocationUnconfirmedException} when it has not
     *     (the entry holds locally and will be sent again)
     */
    Mono<Void> revoke(Revocation revocation);

    /**
     * Registers a listener to every new revocation from any replica, except {@link Revocation.Superseded}, which ends
     * no stream. It must not block; its exceptions are logged and ignored. Closing unregisters it.
     */
    AutoCloseable onRevocation(Consumer<Revocation> listener);

    Status status();

    /** The age of the local copy of the shared state; zero without one. */
    default Duration lag() {
        return Duration.ZERO;
    }

    enum Verdict {
        GOOD,
        REVOKED,
        /** Refused like a revoked token, but only because it was renewed: ends no stream. */
        SUPERSEDED,
        /** The shared state is unreachable and the operator prefers refusal. */
        UNKNOWN
    }

    /**
     * @param ready whether this replica has ever read the store; one that has not must not serve requests
     * @param connected whether the store responds now; always true for memory
     */
    record Status(boolean ready, boolean connected, long sessions, long tokens, long users) {}

    /** The shared store did not confirm in time. */
    final class RevocationUnconfirmedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public RevocationUnconfirmedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
