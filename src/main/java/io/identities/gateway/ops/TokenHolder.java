package io.identities.gateway.ops;

import io.identities.gateway.token.AccessToken;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a good token speaks of.
 *
 * @param tokenId for the {@code revocations} endpoint, as is the session
 */
record TokenHolder(
        String name,
        List<String> roles,
        String issuer,
        boolean own,
        String tokenId,
        @Nullable String sessionId,
        Instant expiresAt) {

    static TokenHolder of(AccessToken token) {
        return new TokenHolder(
                token.subject().name(),
                token.subject().roles(),
                token.issuer(),
                token.own(),
                token.tokenId(),
                token.sessionId(),
                token.expiresAt());
    }
}
