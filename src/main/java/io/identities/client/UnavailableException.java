package io.identities.client;

import java.time.Instant;

/**
 * The gateway, or what it asks about credentials, cannot be reached or failed. Says nothing about the password. The
 * gateway is not asked again before {@link #until()}.
 */
public final class UnavailableException extends IdentitiesException {

    private final String what;
    private final Instant until;

    UnavailableException(String what, Problem problem, Instant until, Throwable cause) {
        super(what, problem, cause);
        this.what = what;
        this.until = until;
    }

    /** When this client asks again: after {@code Retry-After} where the gateway gave one, else after its own back-off. */
    public Instant until() {
        return until;
    }

    @Override
    UnavailableException again() {
        return new UnavailableException(what, problem(), until, this);
    }
}
