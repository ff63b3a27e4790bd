package io.identities.gateway.token;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real verifier and issuer, and tokens as they leave them, for unit tests of every room. */
public final class TokenFixtures {

    private TokenFixtures() {}

    /** Verifies own tokens as a gateway with the test secret and defaults does. */
    public static TokenVerifier verifier(Clock clock) {
        return verifier(clock, revocations(clock));
    }

    public static TokenVerifier verifier(Clock clock, RevocationStore revocations) {
        return new Room(clock).revocations(revocations).verifier();
    }

    /** Mints own tokens as a gateway with the test secret and defaults does. */
    public static TokenIssuer issuer(Clock clock) {
        return new Room(clock).issuer();
    }

    public static RevocationStore revocations(Clock clock) {
        return new InMemoryRevocationStore(clock);
    }

    public static TokenTerms terms() {
        return new Room(Clock.systemUTC()).terms();
    }

    /** A good own token of a session. */
    public static AccessToken accessToken(String name, String... roles) {
        Instant now = Instant.now();
        return accessToken(new Subject(name, List.of(roles), Map.of()), now, now.plusSeconds(300));
    }

    public static AccessToken accessToken(Subject subject, Instant issuedAt, Instant expiresAt) {
        return new AccessToken(subject, TestTokens.ISSUER, true, "jti-1", "sid-1", issuedAt, issuedAt, expiresAt, null);
    }

    public static AccessToken accessToken(
            String name,
            boolean own,
            String tokenId,
            @Nullable String sessionId,
            @Nullable Instant authTime,
            Instant issuedAt) {
        return new AccessToken(
                Subject.named(name),
                TestTokens.ISSUER,
                own,
                tokenId,
                sessionId,
                authTime,
                issuedAt,
                issuedAt.plusSeconds(1800),
                null);
    }

    /** Everything with the product's defaults, each of which can be changed. */
    public static final class Room {

        private final Clock clock;
        private RevocationStore revocations;
        private KeyRotation keys;
        private @Nullable String audience;
        private String usernameClaim = "unique_name";
        private String issuer = TestTokens.ISSUER;
        private Duration lifetime = Duration.ofMinutes(30);
        private Duration sessionLimit = Duration.ofHours(12);
        private Duration skew = Duration.ofSeconds(30);
        private @Nullable Duration renewalGrace;
        private Set<String> requiredClaims = Set.of();
        private int maxLength = 16 * 1024;
        private long maxRemembered = 1 << 20;
        private final List<TrustedIssuer> trusted = new ArrayList<>();

        public Room(Clock clock) {
            this.clock = clock;
            this.revocations = new InMemoryRevocationStore(clock);
            this.keys = KeyFixtures.secret(RunningGateway.SECRET, clock);
        }

        public Room keys(KeyRotation keys) {
            this.keys = keys;
            return this;
        }

        public Room revocations(RevocationStore revocations) {
            this.revocations = revocations;
            return this;
        }

        public Room issuer(String issuer) {
            this.issuer = issuer;
            return this;
        }

        public Room audience(String audience) {
            this.audience = audience;
            return this;
        }

        public Room usernameClaim(String usernameClaim) {
            this.usernameClaim = usernameClaim;
            return this;
        }

        public Room lifetime(Duration lifetime) {
            this.lifetime = lifetime;
            return this;
        }

        public Room sessionLimit(Duration sessionLimit) {
            this.sessionLimit = sessionLimit;
            return this;
        }

        public Room skew(Duration skew) {
            this.skew = skew;
            return this;
        }

        public Room revokeOnRenewal(Duration grace) {
            this.renewalGrace = grace;
            return this;
        }

        public Room requiredClaims(String... names) {
            this.requiredClaims = Set.of(names);
            return this;
        }

        public Room maxLength(int maxLength) {
            this.maxLength = maxLength;
            return this;
        }

        public Room maxRemembered(long maxRemembered) {
            this.maxRemembered = maxRemembered;
            return this;
        }

        public Room trusted(TrustedIssuer issuer) {
            trusted.add(issuer);
            return this;
        }

        public TokenTerms terms() {
            return new TokenTerms(issuer, audience, usernameClaim, lifetime, sessionLimit, skew, renewalGrace);
        }

        public TokenIssuer issuer() {
            return new TokenIssuer(keys, terms(), revocations, clock);
        }

        /** @param maxToken that fits into the head of a request, in characters */
        public IssuanceCheck issuanceCheck(int maxToken) {
            return new IssuanceCheck(issuer(), verifier(), requiredClaims, maxToken);
        }

        public TokenVerifier verifier() {
            Set<String> prefixes = TokenConfiguration.prefixes(trusted);
            List<TokenOrigin> origins = new ArrayList<>();
            trusted.forEach(
                    issuer -> origins.add(new TokenOrigin.Foreign(IssuerRules.of(issuer, prefixes), issuer.keys())));
            origins.add(new TokenOrigin.Own(
                    IssuerRules.own(issuer, audience, usernameClaim, requiredClaims, prefixes), keys));
            return new TokenVerifier(origins, revocations, maxLength, maxRemembered, skew, clock);
        }
    }
}
