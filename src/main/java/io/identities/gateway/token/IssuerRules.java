package io.identities.gateway.token;

import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.VerificationKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The requirements on the claims of one issuer's tokens, and how they name their subject.
 *
 * @param issuer the {@code iss} that selects these rules
 * @param own whether this gateway is the issuer
 * @param idPrefix prefix of the {@code jti} and {@code sid} of a foreign token, so that no issuer can name another's
 * @param audiences one of which {@code aud} must hold; empty: own tokens must have none, foreign ones may have any
 * @param types accepted values of {@code typ}, in lower case; a header without it is always accepted
 * @param requiredClaims further claims that must be present
 * @param usernames how they name their user
 * @param rolesClaim the name of a claim, or a JSON pointer (RFC 6901) into the claims; null for no roles
 */
record IssuerRules(
        String issuer,
        boolean own,
        String idPrefix,
        List<String> audiences,
        Set<String> types,
        Set<String> requiredClaims,
        UsernameRules usernames,
        @Nullable String rolesClaim) {

    /** The rules for this gateway's own tokens. */
    static IssuerRules own(
            String issuer,
            @Nullable String audience,
            String usernameClaim,
            Set<String> requiredClaims,
            Set<String> foreignPrefixes) {
        return new IssuerRules(
                issuer,
                true,
                "",
                audience == null ? List.of() : List.of(audience),
                Set.of("jwt"),
                requiredClaims,
                new UsernameRules(List.of(usernameClaim, "sub"), "", foreignPrefixes),
                "roles");
    }

    /**
     * The rules for the tokens of a trusted issuer.
     *
     * @param prefixes the username prefixes of all trusted issuers
     */
    static IssuerRules of(TrustedIssuer trusted, Set<String> prefixes) {
        return new IssuerRules(
                trusted.issuer(),
                false,
                trusted.name() + ":",
                trusted.audiences(),
                Set.of("jwt", "at+jwt"),
                trusted.requiredClaims(),
                UsernameRules.foreign(trusted.usernameClaim(), trusted.usernamePrefix(), prefixes),
                trusted.rolesClaim());
    }

    /** The cheap checks, which precede the signature's; null if all pass. */
    @Nullable TokenProblem problem(JoseHeader header, Map<String, @Nullable Object> claims, Instant now, Duration skew) {
        if (header.type() != null && !types.contains(header.type())) {
            return TokenProblem.WRONG_TYPE;
        }
        if (!areWellFormed(claims)) {
            return TokenProblem.MALFORMED_CLAIMS;
        }
        Instant expiry = NumericDate.read(claims.get("exp"));
        if (expiry == null) {
            return TokenProblem.NO_EXPIRY;
        }
        if (isOver(expiry, now, skew)) {
            return TokenProblem.EXPIRED;
        }
        Instant notBefore = NumericDate.read(claims.get("nbf"));
        if (notBefore != null && now.plus(skew).isBefore(notBefore)) {
            return TokenProblem.NOT_YET_VALID;
        }
        if (!isMeantForUs(claims.get("aud"), claims.containsKey("aud"))) {
            return TokenProblem.WRONG_AUDIENCE;
        }
        return requiredClaims.stream().allMatch(name -> claims.get(name) != null) ? null : TokenProblem.MISSING_CLAIM;
    }

    /** The only evaluation of {@code exp}, also for remembered tokens. */
    static boolean isOver(Instant expiry, Instant now, Duration skew) {
        return now.toEpochMilli() >= expiry.toEpochMilli() + skew.toMillis();
    }

    /**
     * The token with the given verified claims.
     *
     * @param key the key that verified them
     * @param fingerprint gives the id of a token without {@code jti}, from its issuer
     * @return null when the name or a role is unusable
     */
    @Nullable AccessToken read(Map<String, @Nullable Object> claims, VerificationKey key, UnaryOperator<String> fingerprint) {
        String name = usernames.read(claims);
        List<String> roles = roles(claims);
        if (name == null || roles.stream().anyMatch(UsernameRules::hasControls)) {
            return null;
        }
        Subject subject = new Subject(name, roles, own ? furtherClaims(claims) : Map.of());
        Object sid = claims.get("sid");
        Object jti = claims.get("jti");
        Instant issuedAt = NumericDate.read(claims.get(claims.containsKey("iat") ? "iat" : "nbf"));
        return new AccessToken(
                subject,
                issuer,
                own,
                jti == null ? fingerprint.apply(issuer) : idPrefix + jti,
                sid == null ? null : idPrefix + sid,
                authTime(claims),
                issuedAt == null ? Instant.EPOCH : issuedAt,
                Objects.requireNonNull(NumericDate.read(claims.get("exp"))),
                key);
    }

    /**
     * Some issuers do not write {@code auth_time} as a number (AD FS writes text): a foreign one is used only if it is
     * a date.
     */
    private boolean areWellFormed(Map<String, @Nullable Object> claims) {
        return ClaimShapes.areWellFormed(claims) && (!own || ClaimShapes.isDateOrAbsent(claims, "auth_time"));
    }

    private @Nullable Instant authTime(Map<String, @Nullable Object> claims) {
        Instant authTime = NumericDate.read(claims.get("auth_time"));
        return own && authTime != null && claims.get("sid") instanceof String sid
                ? SessionId.refine(sid, authTime)
                : authTime;
    }

    private boolean isMeantForUs(@Nullable Object audience, boolean present) {
        if (audiences.isEmpty()) {
            return !own || !present;
        }
        return audience instanceof List<?> several
                ? several.stream().anyMatch(audiences::contains)
                : audience != null && audiences.contains(audience);
    }

    private List<String> roles(Map<String, @Nullable Object> claims) {
        Object value = rolesClaim == null ? null : ClaimShapes.at(claims, rolesClaim);
        if (value instanceof String text) {
            return List.of(text.strip().split("\\s+")).stream()
                    .filter(role -> !role.isEmpty())
                    .toList();
        }
        List<String> roles = new ArrayList<>();
        if (value instanceof List<?> several) {
            several.forEach(role -> {
                if (role instanceof String text && !text.isEmpty()) {
                    roles.add(text);
                }
            });
        }
        return roles;
    }

    private Map<String, Object> furtherClaims(Map<String, @Nullable Object> claims) {
        Map<String, Object> further = new LinkedHashMap<>();
        claims.forEach((name, value) -> {
            if (value != null
                    && !Subject.RESERVED_CLAIMS.contains(name)
                    && !usernames.claims().contains(name)) {
                further.put(name, value);
            }
        });
        return further;
    }
}
