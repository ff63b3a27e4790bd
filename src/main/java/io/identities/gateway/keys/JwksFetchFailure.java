package io.identities.gateway.keys;

/** Why a key set could not be had. The reason is fit for a metric label. */
final class JwksFetchFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    JwksFetchFailure(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
