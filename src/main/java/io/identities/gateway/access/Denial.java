package io.identities.gateway.access;

import io.identities.gateway.token.TokenProblem;

/**
 * Why a request is denied.
 *
 * @param kind what the client is told
 * @param reason the exact closed-set label for audit and metrics
 */
public record Denial(Kind kind, String reason) {

    public static final Denial NO_TOKEN = new Denial(Kind.NO_TOKEN, "no_token");
    public static final Denial MALFORMED_CREDENTIAL = new Denial(Kind.INVALID_TOKEN, "malformed_credential");
    public static final Denial AMBIGUOUS_CREDENTIAL = new Denial(Kind.INVALID_TOKEN, "ambiguous_credential");
    public static final Denial WRONG_ROLE = new Denial(Kind.FORBIDDEN, "wrong_role");
    public static final Denial DENIED_BY_RULE = new Denial(Kind.FORBIDDEN, "denied_by_rule");
    public static final Denial IDENTITY_TOO_LARGE = new Denial(Kind.FORBIDDEN, "identity_too_large");

    public static Denial of(TokenProblem problem) {
        return new Denial(Kind.INVALID_TOKEN, problem.reason());
    }

    public enum Kind {
        /** 401, challenge without an error code (RFC 6750 section 3.1). */
        NO_TOKEN,
        /** 401 with {@code invalid_token}. */
        INVALID_TOKEN,
        /** 403 with {@code insufficient_scope}. */
        FORBIDDEN
    }
}
