package io.identities.client;

import java.time.Instant;

/** Too many failed logins; the gateway is not called again before {@link #until()}. */
public final class ThrottledException extends IdentitiesException {

    private final Instant until;

    ThrottledException(Problem problem, Instant until, Throwable cause) {
        super("Throttled until " + until, problem, cause);
        this.until = until;
    }

    /** When the gateway may be called again, by this client's clock. */
    public Instant until() {
        return until;
    }

    @Override
    ThrottledException again() {
        return new ThrottledException(problem(), until, this);
    }
}
