package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** How an attempt to log in ended. Sealed; {@link #fold} makes every caller handle every case. */
public sealed interface LoginOutcome {

    /** What audit, metrics and the access log say of it; the client learns less. */
    LoginReason reason();

    <T> T fold(
            Function<Subject, T> accepted,
            Supplier<T> refused,
            Function<Duration, T> throttled,
            Function<Unavailable, T> unavailable);

    record Accepted(Subject subject) implements LoginOutcome {
        @Override
        public LoginReason reason() {
            return LoginReason.ACCEPTED;
        }

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
        public LoginReason reason() {
            return LoginReason.WRONG_CREDENTIALS;
        }

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
    record Throttled(LoginReason reason, Duration retryAfter) implements LoginOutcome {
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
    record Unavailable(LoginReason reason, Duration retryAfter) implements LoginOutcome {

        /** Whether no answer came in time (504) rather than none at all (503). */
        public boolean timedOut() {
            return reason == LoginReason.CHECK_TIMED_OUT;
        }

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
