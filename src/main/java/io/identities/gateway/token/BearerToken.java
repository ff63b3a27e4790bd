package io.identities.gateway.token;

import static java.util.Objects.requireNonNull;

/** A token as received: untrusted text, printed as stars. */
public record BearerToken(String compact) {

    public BearerToken {
        requireNonNull(compact, "compact");
    }

    @Override
    public String toString() {
        return "BearerToken[***]";
    }
}
