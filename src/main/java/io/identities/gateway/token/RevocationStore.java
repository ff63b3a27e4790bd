package io.identities.gateway.token;

import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Remembers revocations. {@link #verdict} is read on every request: local memory only. An unexpired entry is never
 * evicted. The user's own bean of this type replaces the gateway's.
 */
public interface RevocationStore {

    Verdict verdict(AccessToken token);

    /**
     * Applied locally at once, then everywhere.
     *
     * @return completes when the store has confirmed; fails with {@link RevocationUnconfirmedException} when it has
     *     not (the entry holds locally and will be sent again)
     */
    Mono<Void> revoke(Revocation revocation);

    /**
     * Told about every revocation that becomes known, of whatever origin, but for {@link Revocation.Superseded}, which
     * ends nothing that has begun. Must not block; what it throws is logged and forgotten. Closing ends it.
     */
    AutoCloseable onRevocation(Consumer<Revocation> listener);

    Status status();

    /** How old the local copy of the shared state is; zero where nothing is shared. */
    default Duration lag() {
        return Duration.ZERO;
    }

    enum Verdict {
        GOOD,
        REVOKED,
        /** Refused like a revoked one, but only because a renewal came after it: ends no stream. */
        SUPERSEDED,
        /** The shared state is out of reach and the operator prefers refusal. */
        UNKNOWN
    }

    /**
     * @param ready whether this replica has ever read the store; a replica that has not must not serve
     * @param connected whether the store answers now; always true for memory
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
