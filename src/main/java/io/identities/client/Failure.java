package io.identities.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The reason why no token was issued, as a value.
 *
 * @param retryAfter of the response itself
 * @param cause null if there was a response
 */
record Failure(Kind kind, String what, Problem problem, Optional<Duration> retryAfter, Throwable cause) {

    enum Kind {
        WRONG_CREDENTIALS,
        THROTTLED,
        UNAVAILABLE,
        REFUSED
    }

    static Failure of(String what, Answer answer, Instant now) {
        Problem problem = Problem.of(answer);
        return new Failure(kind(answer.status(), problem), what, problem, answer.retryAfter(now), null);
    }

    static Failure unavailable(String what, Throwable cause) {
        return new Failure(Kind.UNAVAILABLE, what, Problem.NONE, Optional.empty(), cause);
    }

    static Failure unreadable(String what, Answer answer) {
        return new Failure(Kind.REFUSED, what, Problem.of(answer), Optional.empty(), null);
    }

    /** Whether a later attempt may succeed without any change by the user. */
    boolean isPassing() {
        return kind == Kind.UNAVAILABLE || kind == Kind.THROTTLED;
    }

    /** @param until when the gateway is called again */
    IdentitiesException toException(Instant until) {
        if (kind == Kind.WRONG_CREDENTIALS) {
            return new WrongCredentialsException(problem, cause);
        }
        if (kind == Kind.THROTTLED) {
            return new ThrottledException(problem, until, cause);
        }
        return kind == Kind.UNAVAILABLE
                ? new UnavailableException(what, problem, until, cause)
                : new RefusedException(what, problem, cause);
    }

    private static Kind kind(int status, Problem problem) {
        if (status == 429) {
            return Kind.THROTTLED;
        }
        if (status == 408 || status >= 500) {
            return Kind.UNAVAILABLE;
        }
        boolean aboutCredentials = problem.code().orElse("invalid_credentials").equals("invalid_credentials");
        return status == 400 && aboutCredentials ? Kind.WRONG_CREDENTIALS : Kind.REFUSED;
    }
}
