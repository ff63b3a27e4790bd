package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** How an attempt to log in ended. Sealed; {@link #fold} makes every caller handle every case. */
public sealed interface LoginOutcome {

    <T> T fold(
            Function<Subject, T> accepted,
            Supplier<T> refused,
            Function<Duration, T> throttled,
            Function<Unavailable, T> unavailable);

    record Accepted(Subject subject) implements LoginOutcome {
        @Override
        public <T> T fold(
                Function<Subject, T> accepted,
                Supplier<T> refused,
                Function<Duration, T> throttled,
                Function<Unavailable, T> unavailable) {
            return accepted.apply(subject);
        }
    }

    /** Wrong username or password: the caller learns nothing more. */
    record Refused() implements LoginOutcome {
        @Override
        public <T> T fold(
                Function<Subject, T> accepted,
                Supplier<T> refused,
                Function<Duration, T> throttled,
                Function<Unavailable, T> unavailable) {
            return refused.get();
        }
    }

    /** Too many failures; the check was not asked. */
    record Throttled(Duration retryAfter) implements LoginOutcome {
        @Override
        public <T> T fold(
                Function<Subject, T> accepted,
                Supplier<T> refused,
                Function<Duration, T> throttled,
                Function<Unavailable, T> unavailable) {
            return throttled.apply(retryAfter);
        }
    }

    /** Could not tell. */
    record Unavailable(boolean timedOut, Duration retryAfter) implements LoginOutcome {
        @Override
        public <T> T fold(
                Function<Subject, T> accepted,
                Supplier<T> refused,
                Function<Duration, T> throttled,
                Function<Unavailable, T> unavailable) {
            return unavailable.apply(this);
        }
    }
}
