package io.identities.gateway.token;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings {@code identities.token.*}.
 *
 * @param issuer the iss of own tokens
 * @param audience the aud of own tokens; if set, every own token must have it
 * @param lifetime from iat to exp, whole seconds
 * @param sessionLimit how long after the login the last token of a session expires, whatever is renewed
 * @param clockSkew how far clocks may differ; used for exp and nbf everywhere
 * @param usernameClaim the claim of own tokens that holds the username
 * @param requiredClaims claims that an own token must have besides the obligatory ones
 * @param revokeOnRenewal whether a renewal ends the session's earlier tokens
 * @param renewalGrace how long these stay valid after the renewal, for requests in flight
 * @param maxSize the longest token that is accepted
 * @param rememberedSize memory for verdicts on valid tokens; zero remembers none
 */
@ConfigurationProperties("identities.token")
record TokenSettings(
        @DefaultValue("identities-gateway") String issuer,
        @Nullable String audience,
        @DefaultValue("30m") Duration lifetime,
        @DefaultValue("12h") Duration sessionLimit,
        @DefaultValue("30s") Duration clockSkew,
        @DefaultValue("unique_name") String usernameClaim,
        @DefaultValue Set<String> requiredClaims,
        @DefaultValue("false") boolean revokeOnRenewal,
        @DefaultValue("30s") Duration renewalGrace,
        @DefaultValue("16KB") DataSize maxSize,
        @DefaultValue("16MB") DataSize rememberedSize) {

    private static final Duration SECOND = Duration.ofSeconds(1);

    TokenSettings {
        checkText("issuer", issuer);
        if (audience != null) {
            checkText("audience", audience);
        }
        check("lifetime", lifetime, SECOND, Duration.ofDays(365));
        check("session-limit", sessionLimit, SECOND, Duration.ofDays(365));
        check("clock-skew", clockSkew, Duration.ZERO, Duration.ofMinutes(10));
        check("renewal-grace", renewalGrace, Duration.ZERO, Duration.ofMinutes(10));
        checkUsernameClaim(usernameClaim);
        check("max-size", maxSize, DataSize.ofKilobytes(1), DataSize.ofMegabytes(1));
        check("remembered-size", rememberedSize, DataSize.ofBytes(0), DataSize.ofGigabytes(16));
        requiredClaims = Set.copyOf(requiredClaims);
        checkRequiredClaims(requiredClaims, audience);
    }

    TokenTerms terms() {
        return new TokenTerms(
                issuer,
                audience,
                usernameClaim,
                lifetime,
                sessionLimit,
                clockSkew,
                revokeOnRenewal ? renewalGrace : null);
    }

    IssuerRules ownRules(Set<String> foreignPrefixes) {
        return IssuerRules.own(issuer, audience, usernameClaim, requiredClaims, foreignPrefixes);
    }

    /** The required claims that the gateway does not write by itself. */
    Set<String> subjectClaims() {
        return requiredClaims.stream()
                .filter(claim -> claim.equals("roles") || !Subject.RESERVED_CLAIMS.contains(claim))
                .filter(claim -> !claim.equals(usernameClaim))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static void checkRequiredClaims(Set<String> claims, @Nullable String audience) {
        if (claims.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "identities.token.required-claims: found an empty name, expected names of claims");
        }
        if (audience == null && claims.contains("aud")) {
            throw new IllegalArgumentException("identities.token.required-claims: found \"aud\", which own tokens have"
                    + " only with identities.token.audience, expected both or neither");
        }
    }

    // The issuer is sent in a header of every proxied request.
    private static void checkText(String name, String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("identities.token." + name + ": found \"" + value
                    + "\", expected visible ASCII characters without blanks");
        }
    }

    private static void checkUsernameClaim(String name) {
        boolean taken = Subject.RESERVED_CLAIMS.contains(name) && !name.equals("sub");
        if (name.isBlank() || taken) {
            throw new IllegalArgumentException("identities.token.username-claim: found \"" + name
                    + "\", expected the name of a claim that has no other meaning");
        }
    }

    private static <T extends Comparable<T>> void check(String name, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "identities.token." + name + ": found " + value + ", expected " + least + " to " + most);
        }
    }
}
