package io.identities.client;

import java.time.Instant;

/**
 * The gateway, or its credential check, cannot be reached or failed. Says nothing about the password. The gateway is
 * not called again before {@link #until()}.
 */
public final class UnavailableException extends IdentitiesException {

    private final String what;
    private final Instant until;

    UnavailableException(String what, Problem problem, Instant until, Throwable cause) {
        super(what, problem, cause);
        this.what = what;
        this.until = until;
    }

    /**
     * When this client calls the gateway again: after {@code Retry-After} if the gateway sent one, else after its own
     * back-off.
     */
    public Instant until() {
        return until;
    }

    @Override
    UnavailableException again() {
        return new UnavailableException(what, problem(), until, this);
    }
}
