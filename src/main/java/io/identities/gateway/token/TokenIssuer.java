package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.SigningKey;
import io.identities.gateway.token.RevocationStore.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Mints own tokens. Thread-safe, non-blocking. */
public final class TokenIssuer {

    private final KeyRotation keys;
    private final TokenTerms terms;
    private final RevocationStore revocations;
    private final Clock clock;

    TokenIssuer(KeyRotation keys, TokenTerms terms, RevocationStore revocations, Clock clock) {
        this.keys = keys;
        this.terms = terms;
        this.revocations = revocations;
        this.clock = clock;
    }

    /** Begins a session for a login that begins now: a new {@code sid}, {@code auth_time} now. */
    public IssuedToken issue(Subject subject) {
        return issue(subject, clock.instant());
    }

    /**
     * Begins a session: a new {@code sid}, {@code iat} now.
     *
     * @param login when the login began: the {@code auth_time}, to the millisecond. A revocation of the user while the
     *     check was asked covers the session
     */
    public IssuedToken issue(Subject subject, Instant login) {
        Instant authTime = login.truncatedTo(ChronoUnit.MILLIS);
        return mint(subject, SessionId.begin(authTime), authTime, clock.instant());
    }

    /**
     * Renews {@code token} within its session: new {@code jti}, {@code iat} and {@code exp}, same {@code sid} and
     * {@code auth_time}; {@code exp} never passes the session limit, and {@code iat} never goes back, not even where a
     * clock does. With {@code revoke-on-renewal} the session's earlier tokens are refused once the grace is over.
     *
     * @return empty if the token cannot be renewed: foreign, without {@code sid} or {@code auth_time}, at the session
     *     limit, or revoked or its key withdrawn since it was verified
     */
    public Optional<IssuedToken> renew(AccessToken token, Subject subject) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String sid = token.sessionId();
        Instant authTime = token.authTime();
        if (!token.own() || sid == null || authTime == null || hasEndedMeanwhile(token)) {
            return Optional.empty();
        }
        if (!seconds(now).isBefore(terms.sessionEnd(authTime))) {
            return Optional.empty();
        }
        IssuedToken renewed = mint(subject, sid, authTime, later(now, token.issuedAt()));
        if (terms.revokeOnRenewal()) {
            supersede(token, renewed.token(), sid);
        }
        return Optional.of(renewed);
    }

    // The preceding account check may have taken seconds.
    private boolean hasEndedMeanwhile(AccessToken token) {
        return revocations.verdict(token) == Verdict.REVOKED
                || !token.isOf(keys.current().verifiers());
    }

    // Effective here at once; an unreachable shared store gets it later and must not fail a renewal.
    private void supersede(AccessToken old, AccessToken renewed, String sid) {
        Revocation watermark = terms.superseded(sid, renewed.issuedAt(), old.expiresAt());
        revocations.revoke(watermark).onErrorComplete().subscribe();
    }

    private IssuedToken mint(Subject subject, String sid, Instant authTime, Instant now) {
        Instant issuedAt = seconds(now);
        Instant expiresAt = earlier(issuedAt.plus(terms.lifetime()), terms.sessionEnd(authTime));
        String tokenId = UUID.randomUUID().toString();
        AccessToken token =
                new AccessToken(subject, terms.issuer(), true, tokenId, sid, authTime, issuedAt, expiresAt, null);
        return new IssuedToken(new BearerToken(sign(claims(token, sid, authTime))), token);
    }

    private Map<String, Object> claims(AccessToken token, String sid, Instant authTime) {
        Subject subject = token.subject();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put(terms.usernameClaim(), subject.name());
        claims.put("sub", subject.name());
        claims.put("sid", sid);
        claims.put("iss", terms.issuer());
        if (terms.audience() != null) {
            claims.put("aud", terms.audience());
        }
        claims.put("iat", token.issuedAt().getEpochSecond());
        claims.put("nbf", token.issuedAt().getEpochSecond());
        claims.put("exp", token.expiresAt().getEpochSecond());
        claims.put("jti", token.tokenId());
        claims.put("auth_time", authTime.getEpochSecond());
        if (!subject.roles().isEmpty()) {
            claims.put("roles", subject.roles());
        }
        subject.claims().forEach((name, value) -> {
            if (!Subject.RESERVED_CLAIMS.contains(name)) {
                claims.putIfAbsent(name, value);
            }
        });
        return claims;
    }

    private String sign(Map<String, Object> claims) {
        SigningKey key = keys.signer();
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("alg", key.algorithm().headerName());
        header.put("kid", key.id());
        header.put("typ", "JWT");
        String input = part(header) + "." + part(claims);
        return input + "." + Base64Url.encode(key.sign(input.getBytes(US_ASCII)));
    }

    private static String part(Map<String, Object> members) {
        return Base64Url.encode(JsonText.of(members).getBytes(UTF_8));
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
