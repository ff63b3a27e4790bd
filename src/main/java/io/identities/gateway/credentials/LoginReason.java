package io.identities.gateway.credentials;

import java.util.Locale;

/** Every reason that {@link io.identities.gateway.audit.SecurityEvent.Login} can carry. Closed: the codes are metric labels. */
public enum LoginReason {
    ACCEPTED,
    WRONG_CREDENTIALS,
    THROTTLED_USER_AND_NETWORK,
    THROTTLED_NETWORK,
    THROTTLED_USER,
    CHECK_UNAVAILABLE,
    CHECK_TIMED_OUT,
    CHECK_UNCLEAR,
    CHECK_BUSY,
    CHECK_CIRCUIT_OPEN;

    static LoginReason of(CredentialCheckUnavailableException.Kind kind) {
        return switch (kind) {
            case NO_ANSWER -> CHECK_UNAVAILABLE;
            case TIMED_OUT -> CHECK_TIMED_OUT;
            case UNCLEAR_ANSWER -> CHECK_UNCLEAR;
            case BUSY -> CHECK_BUSY;
            case CIRCUIT_OPEN -> CHECK_CIRCUIT_OPEN;
        };
    }

    /** The code in {@code snake_case}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
