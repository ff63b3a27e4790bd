package io.identities.gateway.access;

import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.TokenVerification.Undecidable;
import java.util.function.Function;
import java.util.function.Supplier;

/** The gatekeeper's decision. Sealed; {@link #fold} makes every caller handle every case. */
public sealed interface AccessDecision {

    <T> T fold(
            Function<AccessToken, T> granted,
            Supplier<T> anonymous,
            Function<Denial, T> denied,
            Function<Undecidable, T> undecided);

    /** The closed-set label of this decision, for audit and metrics. */
    String reason();

    /** Granted, as the token's subject. */
    record Granted(AccessToken token) implements AccessDecision {
        @Override
        public <T> T fold(
                Function<AccessToken, T> granted,
                Supplier<T> anonymous,
                Function<Denial, T> denied,
                Function<Undecidable, T> undecided) {
            return granted.apply(token);
        }

        @Override
        public String reason() {
            return "authenticated";
        }
    }

    /** Granted, anonymously. */
    record Anonymous() implements AccessDecision {
        @Override
        public <T> T fold(
                Function<AccessToken, T> granted,
                Supplier<T> anonymous,
                Function<Denial, T> denied,
                Function<Undecidable, T> undecided) {
            return anonymous.get();
        }

        @Override
        public String reason() {
            return "anonymous";
        }
    }

    /** Denied. */
    record Denied(Denial denial) implements AccessDecision {
        @Override
        public <T> T fold(
                Function<AccessToken, T> granted,
                Supplier<T> anonymous,
                Function<Denial, T> denied,
                Function<Undecidable, T> undecided) {
            return denied.apply(denial);
        }

        @Override
        public String reason() {
            return denial.reason();
        }
    }

    /** Undecided because of an outage (503); never the caller's fault. */
    record Undecided(Undecidable cause) implements AccessDecision {
        @Override
        public <T> T fold(
                Function<AccessToken, T> granted,
                Supplier<T> anonymous,
                Function<Denial, T> denied,
                Function<Undecidable, T> undecided) {
            return undecided.apply(cause);
        }

        @Override
        public String reason() {
            return cause.reason();
        }
    }
}
