package io.identities.gateway.token;

import java.util.Locale;

/** Every reason for refusing a token. Audit and metrics see it; clients only see {@code invalid_token}. */
public enum TokenProblem {
    TOO_LARGE,
    MALFORMED,
    UNSUPPORTED_HEADER,
    WRONG_TYPE,
    UNKNOWN_ISSUER,
    UNKNOWN_KEY,
    WRONG_ALGORITHM,
    BAD_SIGNATURE,
    MALFORMED_CLAIMS,
    NO_EXPIRY,
    EXPIRED,
    NOT_YET_VALID,
    WRONG_AUDIENCE,
    MISSING_CLAIM,
    UNUSABLE_NAME,
    REVOKED;

    /** The closed-set label of this problem. */
    public String reason() {
        return name().toLowerCase(Locale.ROOT);
    }
}
