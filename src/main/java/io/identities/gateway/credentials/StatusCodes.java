package io.identities.gateway.credentials;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import java.util.Set;

/** Which statuses mean yes and which mean no; every other one means that the service could not tell. */
record StatusCodes(Set<Integer> success, Set<Integer> refusal) {

    /** Not 429, which may concern a single user: guessing at one account must not open the circuit for all users. */
    private static final Set<Integer> OVERLOADED = Set.of(502, 503, 504);

    StatusCodes {
        success = Set.copyOf(success);
        refusal = Set.copyOf(refusal);
    }

    /**
     * Whether the status means yes.
     *
     * @throws CredentialCheckUnavailableException when it means neither yes nor no
     */
    boolean approves(CheckResponse reply) {
        if (success.contains(reply.status())) {
            return true;
        }
        if (refusal.contains(reply.status())) {
            return false;
        }
        throw unclear(reply);
    }

    static CredentialCheckUnavailableException unclear(CheckResponse reply) {
        Kind kind = OVERLOADED.contains(reply.status()) ? Kind.NO_ANSWER : Kind.UNCLEAR_ANSWER;
        return new CredentialCheckUnavailableException(
                kind, "answer " + reply.status() + ", which is neither yes nor no", reply.retryAfter(), null);
    }
}
