package io.identities.gateway.ops;

import io.identities.gateway.access.Denial;
import io.identities.gateway.access.RequestTarget.Ambiguity;
import io.identities.gateway.token.TokenProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes the closed-set reasons for operators; clients never see these sentences. */
final class ReasonText {

    private final Duration clockSkew;

    ReasonText(Duration clockSkew) {
        this.clockSkew = clockSkew;
    }

    String of(Ambiguity ambiguity) {
        return "The target is ambiguous: "
                + ambiguity.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ".";
    }

    String ofUnservedMethod() {
        return "The method is not registered in this spelling, and identities.server.more-methods does not name it.";
    }

    /** @param claimed the token's unverified claims; null if they cannot be read */
    String of(TokenProblem problem, @Nullable ClaimedToken claimed, Instant now) {
        return switch (problem) {
            case TOO_LARGE -> "The token is longer than identities.token.max-size.";
            case MALFORMED -> "That is not a signed token in compact form: three parts of strict base64url.";
            case UNSUPPORTED_HEADER ->
                "The token's header has a member that is not supported: crit, b64, zip, or a key of its own.";
            case WRONG_TYPE ->
                "The token's typ is " + quoted(claimed == null ? null : claimed.typ()) + ", which is not accepted.";
            case UNKNOWN_ISSUER ->
                "The token's iss is " + quoted(claimed == null ? null : claimed.iss())
                        + ", which is neither identities.token.issuer nor a trusted issuer.";
            case UNKNOWN_KEY -> "No key in force has the kid " + quoted(claimed == null ? null : claimed.kid()) + ".";
            case WRONG_ALGORITHM ->
                "The token's alg is " + quoted(claimed == null ? null : claimed.alg())
                        + ", for which its issuer has no key.";
            case BAD_SIGNATURE ->
                "The signature was not made with the key that the token names, or the token was changed.";
            case MALFORMED_CLAIMS -> "A claim is missing, of the wrong type, or duplicated.";
            case NO_EXPIRY -> "The token has no exp, which is required.";
            case EXPIRED ->
                "The token expired" + ago(claimed == null ? null : claimed.exp(), now) + "; the clock skew allows "
                        + clockSkew.toSeconds() + " s.";
            case NOT_YET_VALID ->
                "The token's nbf or iat lies further ahead than the clock skew of " + clockSkew.toSeconds() + " s.";
            case WRONG_AUDIENCE ->
                "The token's aud is " + quoted(claimed == null ? null : claimed.aud())
                        + ", which is not the configured one.";
            case MISSING_CLAIM -> "A claim that the settings require is missing.";
            case UNUSABLE_NAME ->
                "The username or a role is empty, has blanks at an end, or holds control characters, or the username begins"
                        + " with the prefix of another issuer.";
            case REVOKED -> "The token, its session or its user has been revoked, or the token has been renewed.";
        };
    }

    /** Why a request is denied before any token is verified, or in spite of a valid one. */
    String of(Denial denial) {
        return switch (denial.reason()) {
            case "no_token" -> "There is no bearer token.";
            case "malformed_credential" -> "The Authorization header says Bearer, but what follows is not one token.";
            case "ambiguous_credential" -> "There is more than one Authorization header.";
            case "wrong_role" -> "The rule requires a role that the token does not have.";
            case "denied_by_rule" -> "The rule denies this to all callers.";
            case "identity_too_large" -> "The name (over 512 bytes) or the roles (over 2 KB) do not fit into headers.";
            default -> denial.reason();
        };
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "absent" : "\"" + value + "\"";
    }

    private static String ago(@Nullable Instant moment, Instant now) {
        return moment == null ? "" : " " + Duration.between(moment, now).toSeconds() + " s ago";
    }
}
