package io.identities.gateway.keys;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Another issuer whose tokens are accepted.
 *
 * @param issuer the {@code iss} that its tokens carry
 * @param name short, for names, logs and metrics; unique
 * @param audiences one of which a token must be meant for; empty: any
 * @param usernameClaim the claim that holds the username
 * @param usernamePrefix prefix of every username
 * @param rolesClaim the name of a claim or a JSON pointer; null for no roles
 * @param requiredClaims claims that a token must have
 */
public record TrustedIssuer(
        String issuer,
        String name,
        List<String> audiences,
        String usernameClaim,
        String usernamePrefix,
        @Nullable String rolesClaim,
        Set<String> requiredClaims,
        RemoteKeys keys) {

    public TrustedIssuer {
        audiences = List.copyOf(audiences);
        requiredClaims = Set.copyOf(requiredClaims);
    }
}
