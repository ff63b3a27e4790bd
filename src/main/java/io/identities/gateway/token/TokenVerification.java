package io.identities.gateway.token;

import java.util.Locale;
import java.util.function.Function;

/** The verifier's verdict. Sealed; {@link #fold} makes every caller handle every case. */
public sealed interface TokenVerification {

    <T> T fold(
            Function<AccessToken, T> verified, Function<TokenProblem, T> rejected, Function<Undecidable, T> undecided);

    /** Why no verdict could be reached: an outage, never the token's fault. */
    enum Undecidable {
        NO_KEYS,
        REVOCATIONS_UNKNOWN;

        public String reason() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Verified(AccessToken token) implements TokenVerification {
        @Override
        public <T> T fold(
                Function<AccessToken, T> verified,
                Function<TokenProblem, T> rejected,
                Function<Undecidable, T> undecided) {
            return verified.apply(token);
        }
    }

    record Rejected(TokenProblem problem) implements TokenVerification {
        @Override
        public <T> T fold(
                Function<AccessToken, T> verified,
                Function<TokenProblem, T> rejected,
                Function<Undecidable, T> undecided) {
            return rejected.apply(problem);
        }
    }

    record Undecided(Undecidable cause) implements TokenVerification {
        @Override
        public <T> T fold(
                Function<AccessToken, T> verified,
                Function<TokenProblem, T> rejected,
                Function<Undecidable, T> undecided) {
            return undecided.apply(cause);
        }
    }
}
