package io.identities.gateway.token;

import io.identities.gateway.token.TokenVerification.Rejected;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks that this gateway would accept the token of a subject, so that no login succeeds with a token that is refused
 * on every request. Thread-safe, does not block.
 */
public final class IssuanceCheck {

    private final TokenIssuer issuer;
    private final TokenVerifier verifier;
    private final Set<String> subjectClaims;
    private final int maxLength;

    /**
     * @param subjectClaims required claims that only a subject can bring
     * @param maxLength of a compact form that fits into the head of a request, in characters
     */
    IssuanceCheck(TokenIssuer issuer, TokenVerifier verifier, Set<String> subjectClaims, int maxLength) {
        this.issuer = issuer;
        this.verifier = verifier;
        this.subjectClaims = Set.copyOf(subjectClaims);
        this.maxLength = maxLength;
    }

    /** The claims that tokens must have ({@code identities.token.required-claims}) and that only a subject can bring. */
    public Set<String> subjectClaims() {
        return subjectClaims;
    }

    /** What keeps {@code subject} from such a token; null when nothing does. Names claims, never their values. */
    public @Nullable String problem(Subject subject) {
        BearerToken trial = issuer.issue(subject).bearer();
        if (trial.compact().length() > maxLength) {
            return tooLong();
        }
        return verifier.inspect(trial) instanceof Rejected refused ? problem(refused.problem(), subject) : null;
    }

    private @Nullable String problem(TokenProblem problem, Subject subject) {
        return switch (problem) {
            case MISSING_CLAIM ->
                "no value for " + missing(subject) + ", which identities.token.required-claims asks for";
            case TOO_LARGE -> tooLong();
            case UNUSABLE_NAME ->
                "a name or a role that no token can carry, or a name that belongs to a trusted issuer";
            // That is not the subject's fault: the next login may find it otherwise.
            case REVOKED, EXPIRED, NOT_YET_VALID -> null;
            default -> "claims that no token can carry (" + problem.reason() + ")";
        };
    }

    private String missing(Subject subject) {
        return subjectClaims.stream()
                .filter(claim -> !has(subject, claim))
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    private static boolean has(Subject subject, String claim) {
        return claim.equals("roles")
                ? !subject.roles().isEmpty()
                : subject.claims().containsKey(claim);
    }

    private static String tooLong() {
        return "claims for a token that is longer than identities.token.max-size or identities.headers.max-size allows";
    }
}
