package io.identities.gateway.keys;

import io.identities.gateway.audit.LogText;

/** Why a key set could not be had. The reason is fit for a metric label. */
final class JwksFetchFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    JwksFetchFailure(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why a try failed, in a word of a closed set. */
    static String reasonOf(Throwable failure) {
        if (failure instanceof JwksFetchFailure known) {
            return known.reason;
        }
        return failure instanceof UnusableKeyException ? "unusable_set" : "unreachable";
    }

    /** The same for a log; others may quote what came from the network. */
    static String describe(Throwable failure) {
        boolean ours = failure instanceof JwksFetchFailure || failure instanceof UnusableKeyException;
        return ours ? String.valueOf(failure.getMessage()) : LogText.of(failure.toString());
    }
}
