package io.identities.gateway.token;

import java.time.Instant;

/** A revocation of tokens. Exact; remains until the last token that it covers would have expired. */
public sealed interface Revocation {

    /** Whether {@code token} is covered. */
    boolean covers(AccessToken token);

    /** When the last covered token has expired, clock skew included, and the entry may be forgotten. */
    Instant until();

    /** A whole session, by {@code sid}. */
    record OfSession(String sessionId, Instant until) implements Revocation {
        @Override
        public boolean covers(AccessToken token) {
            return sessionId.equals(token.sessionId());
        }
    }

    /** One token, by {@link AccessToken#tokenId()}. */
    record OfToken(String tokenId, Instant until) implements Revocation {
        @Override
        public boolean covers(AccessToken token) {
            return tokenId.equals(token.tokenId());
        }
    }

    /** Every session of a user that began at or before {@code moment}; compares {@code auth_time}, else {@code iat}. */
    record OfUser(String username, Instant moment, Instant until) implements Revocation {
        @Override
        public boolean covers(AccessToken token) {
            Instant began = token.authTime();
            return username.equals(token.subject().name())
                    && !(began == null ? token.issuedAt() : began).isAfter(moment);
        }
    }

    /** {@code revoke-on-renewal}: tokens of a session issued before {@code issuedBefore} are refused from {@code from} on. */
    record Superseded(String sessionId, Instant issuedBefore, Instant from, Instant until) implements Revocation {
        @Override
        public boolean covers(AccessToken token) {
            return sessionId.equals(token.sessionId()) && token.issuedAt().isBefore(issuedBefore);
        }
    }
}
