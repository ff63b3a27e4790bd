package io.identities.gateway.token;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lifetimes of own tokens, and how long a revocation has to be remembered until all tokens that it covers have
 * expired. Immutable.
 */
public final class TokenTerms {

    /**
     * For tokens whose lifetime this gateway does not decide (foreign ones, or others' under the same key): a year and
     * a month, longer than any access token is valid.
     */
    private static final Duration UNKNOWN_LIFETIME = Duration.ofDays(400);

    private final String issuer;
    private final @Nullable String audience;
    private final String usernameClaim;
    private final Duration lifetime;
    private final Duration sessionLimit;
    private final Duration clockSkew;
    private final @Nullable Duration renewalGrace;

    /** @param renewalGrace how long superseded tokens stay valid; null without {@code revoke-on-renewal} */
    TokenTerms(
            String issuer,
            @Nullable String audience,
            String usernameClaim,
            Duration lifetime,
            Duration sessionLimit,
            Duration clockSkew,
            @Nullable Duration renewalGrace) {
        this.issuer = issuer;
        this.audience = audience;
        this.usernameClaim = usernameClaim;
        this.lifetime = lifetime;
        this.sessionLimit = sessionLimit;
        this.clockSkew = clockSkew;
        this.renewalGrace = renewalGrace;
    }

    public String issuer() {
        return issuer;
    }

    public @Nullable String audience() {
        return audience;
    }

    public String usernameClaim() {
        return usernameClaim;
    }

    public Duration lifetime() {
        return lifetime;
    }

    public Duration clockSkew() {
        return clockSkew;
    }

    public boolean revokeOnRenewal() {
        return renewalGrace != null;
    }

    /** The latest expiry of any token of a session; whole seconds. */
    public Instant sessionEnd(Instant authTime) {
        return authTime.truncatedTo(ChronoUnit.SECONDS).plus(sessionLimit);
    }

    /** The revocation that a bearer may request: the whole session of an own token, else the token alone. */
    public Revocation revocationOf(AccessToken token) {
        String sid = token.sessionId();
        Instant authTime = token.authTime();
        if (token.own() && sid != null && authTime != null) {
            Instant end = sessionEnd(authTime);
            Instant last = end.isAfter(token.expiresAt()) ? end : token.expiresAt();
            return new Revocation.OfSession(sid, last.plus(clockSkew));
        }
        return new Revocation.OfToken(token.tokenId(), token.expiresAt().plus(clockSkew));
    }

    /** @param sessionId a {@code sid}; that of a foreign session begins with its issuer's name and a colon */
    public Revocation sessionRevocation(String sessionId, Instant now) {
        return new Revocation.OfSession(sessionId, unknownEnd(now));
    }

    /** @param tokenId a {@code jti}; that of a foreign token begins with its issuer's name and a colon */
    public Revocation tokenRevocation(String tokenId, Instant now) {
        return new Revocation.OfToken(tokenId, unknownEnd(now));
    }

    /** Every session of {@code username} that began at or before {@code moment}, to the millisecond as logins are. */
    public Revocation userRevocation(String username, Instant moment) {
        Instant upTo = moment.truncatedTo(ChronoUnit.MILLIS);
        return new Revocation.OfUser(username, upTo, unknownEnd(upTo));
    }

    /**
     * One watermark for all renewals within a second, the resolution of {@code iat}.
     *
     * @param end expiry of the renewed token; later than that of ours if it was minted with another lifetime
     */
    Revocation superseded(String sessionId, Instant issuedBefore, Instant end) {
        Instant from = issuedBefore.plus(Objects.requireNonNull(renewalGrace));
        Instant ours = issuedBefore.plus(lifetime);
        Instant last = ours.isAfter(end) ? ours : end;
        return new Revocation.Superseded(sessionId, issuedBefore, from, last.plus(clockSkew));
    }

    private Instant unknownEnd(Instant moment) {
        return moment.plus(UNKNOWN_LIFETIME);
    }
}
