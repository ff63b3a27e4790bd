package io.identities.client;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * No access token could be obtained. One of four subclasses: {@link WrongCredentialsException},
 * {@link ThrottledException}, {@link UnavailableException} or {@link RefusedException}. Never carries a token or a
 * password.
 */
public abstract sealed class IdentitiesException extends IOException
        permits WrongCredentialsException, ThrottledException, UnavailableException, RefusedException {

    private final transient Problem problem;

    IdentitiesException(String what, Problem problem, Throwable cause) {
        super(what + problem, cause);
        this.problem = problem;
    }

    /** The stable {@code code} of the gateway's problem body (RFC 9457); empty if the response had none. */
    public Optional<String> code() {
        return problem().code();
    }

    /** The request id, to find the failure in the gateway's log; empty if the response had none. */
    public Optional<String> requestId() {
        return problem().requestId();
    }

    /** The HTTP status; empty if there was no response. */
    public OptionalInt status() {
        return problem().status();
    }

    /** The same failure for another caller: its own stack trace, this one as the cause. */
    abstract IdentitiesException again();

    final Problem problem() {
        return problem == null ? Problem.NONE : problem;
    }
}
