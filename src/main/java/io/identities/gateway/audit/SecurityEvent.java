package io.identities.gateway.audit;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a credential. {@code reason} is a code from the publisher's closed set
 * ({@code snake_case}), fit for a metric label; no event ever carries a token, a signature or a password.
 */
public sealed interface SecurityEvent {

    Outcome outcome();

    String reason();

    /** Where a request came from: the client's address, as far as trusted, and the request id. */
    record Origin(String clientAddress, String requestId) {}

    enum Outcome {
        ACCEPTED,
        REFUSED,
        THROTTLED,
        UNDECIDED
    }

    record Login(Outcome outcome, String reason, @Nullable String username, Origin origin) implements SecurityEvent {}

    record Renewal(Outcome outcome, String reason, @Nullable String username, Origin origin) implements SecurityEvent {}

    /**
     * A revocation.
     *
     * @param scope what was revoked: {@code session}, {@code token} or {@code user}
     */
    record Revocation(
            Outcome outcome,
            String reason,
            String scope,
            @Nullable String username,
            @Nullable Origin origin) implements SecurityEvent {}

    /** One decision of the gatekeeper. Published for every request, so it must stay cheap. */
    record Decision(Outcome outcome, String reason, Door door) implements SecurityEvent {}

    /** Which entry point asked the gatekeeper. */
    enum Door {
        PROXY,
        FORWARD_AUTH,
        RENEW,
        REVOKE,
        MANAGEMENT
    }

    record KeyReload(Outcome outcome, String reason) implements SecurityEvent {}

    /**
     * One attempt to get the key set of a trusted issuer.
     *
     * @param issuer the configured short name of a trusted issuer, never a value out of a token
     */
    record JwksFetch(Outcome outcome, String reason, String issuer) implements SecurityEvent {}
}
