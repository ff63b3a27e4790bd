package io.identities.gateway.keys;

import io.identities.gateway.audit.LogText;

/** Why a key set could not be fetched. The reason is fit for a metric label. */
final class JwksFetchFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    JwksFetchFailure(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** The reason of a failed attempt, from a closed set. */
    static String reasonOf(Throwable failure) {
        if (failure instanceof JwksFetchFailure known) {
            return known.reason;
        }
        return failure instanceof UnusableKeyException ? "unusable_set" : "unreachable";
    }

    /** The same as text for a log; messages of other exceptions are left out, because they may quote the response. */
    static String describe(Throwable failure) {
        boolean ours = failure instanceof JwksFetchFailure || failure instanceof UnusableKeyException;
        return ours ? String.valueOf(failure.getMessage()) : LogText.of(failure.toString());
    }
}
