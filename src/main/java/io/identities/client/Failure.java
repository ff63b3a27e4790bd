package io.identities.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Why no token was given, as a value.
 *
 * @param retryAfter what the answer itself asks for
 * @param cause null where there was an answer
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

    /** Whether asking again later may help though nobody changed anything. */
    boolean isPassing() {
        return kind == Kind.UNAVAILABLE || kind == Kind.THROTTLED;
    }

    /** @param until when the gateway is asked again */
    IdentitiesException toException(Instant until) {
        return switch (kind) {
            case WRONG_CREDENTIALS -> new WrongCredentialsException(problem, cause);
            case THROTTLED -> new ThrottledException(problem, until, cause);
            case UNAVAILABLE -> new UnavailableException(what, problem, until, cause);
            case REFUSED -> new RefusedException(what, problem, cause);
        };
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
