package io.identities.gateway.credentials;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The credential check could not tell. Never means "no". The message names the cause without any credential. */
public final class CredentialCheckUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient @Nullable Duration retryAfter;

    public CredentialCheckUnavailableException(
            String message, boolean timedOut, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        this(timedOut ? Kind.TIMED_OUT : Kind.NO_ANSWER, message, retryAfter, cause);
    }

    CredentialCheckUnavailableException(
            Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** Why the check could not tell. */
    enum Kind {
        /** Not reachable, or overloaded. */
        NO_ANSWER,
        TIMED_OUT,
        /** It responded, but neither yes nor no. */
        UNCLEAR_ANSWER,
        /** Not called: too many checks are in progress. */
        BUSY,
        /** Not called: it has failed too often recently. */
        CIRCUIT_OPEN;

        /**
         * Whether the check itself is down. A name or password that makes it respond with an error of its own must not
         * open the circuit for all other users.
         */
        boolean isOutage() {
            return this == NO_ANSWER || this == TIMED_OUT;
        }
    }

    static CredentialCheckUnavailableException unclear(String message) {
        return new CredentialCheckUnavailableException(Kind.UNCLEAR_ANSWER, message, null, null);
    }

    Kind kind() {
        return kind;
    }

    /** Whether the check timed out (504) rather than failed (503). */
    public boolean timedOut() {
        return kind == Kind.TIMED_OUT;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
