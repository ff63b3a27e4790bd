package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** How an attempt to log in ended. Sealed; {@link #fold} makes every caller handle every case. */
public sealed interface LoginOutcome {

    /** The reason for audit, metrics and the access log; the client learns less. */
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

    /** Too many failures; the check was not called. */
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

        /** Whether the check timed out (504) rather than failed (503). */
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
