package io.identities.gateway.access;

import io.identities.gateway.access.AccessDecision.Anonymous;
import io.identities.gateway.access.AccessDecision.Denied;
import io.identities.gateway.access.AccessDecision.Granted;
import io.identities.gateway.access.AccessDecision.Undecided;
import io.identities.gateway.access.AccessRule.Allow;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.BearerToken;
import io.identities.gateway.token.TokenVerification;
import io.identities.gateway.token.TokenVerifier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The one access decision behind every entry point. Thread-safe, never blocks, never throws for any request. Publishes
 * nothing: the caller reports the decision.
 */
public final class Gatekeeper {

    private static final AccessDecision ANONYMOUS = new Anonymous();
    private static final AccessDecision WRONG_ROLE = new Denied(Denial.WRONG_ROLE);
    private static final AccessDecision DENIED_BY_RULE = new Denied(Denial.DENIED_BY_RULE);
    private static final AccessDecision IDENTITY_TOO_LARGE = new Denied(Denial.IDENTITY_TOO_LARGE);

    /** Bytes of a name as encoded for its header. */
    static final int MAX_NAME = 512;

    /** Bytes of all roles as encoded for their header. */
    static final int MAX_ROLES = 2048;

    private final AccessRules rules;
    private final TokenVerifier verifier;
    private final OversizeWarning oversize;

    /** @param nanoTicker a monotonic nanosecond counter; paces the one warning that is logged here */
    public Gatekeeper(AccessRules rules, TokenVerifier verifier, LongSupplier nanoTicker) {
        this.rules = rules;
        this.verifier = verifier;
        this.oversize = new OversizeWarning(nanoTicker);
    }

    /**
     * The decision, if it is possible without waiting: by far the usual case.
     *
     * @return null when a trusted issuer must first be asked for its keys; then call {@link #decide}
     */
    public @Nullable AccessDecision decideAtOnce(AccessRequest request) {
        AccessRule rule = rules.ruleFor(request.method(), request.target());
        BearerCredential credential = BearerCredential.of(request);
        BearerToken token = credential.token();
        if (token == null) {
            return withoutToken(rule, credential);
        }
        TokenVerification verification = verifier.verifyAtOnce(token);
        return verification == null ? null : judge(rule, verification, request);
    }

    /** The decision; exactly one value, never an error. */
    public Mono<AccessDecision> decide(AccessRequest request) {
        AccessRule rule = rules.ruleFor(request.method(), request.target());
        return ask(rule, request);
    }

    /** Identifies the caller without consulting the access rules; never anonymous. */
    public Mono<AccessDecision> identify(AccessRequest request) {
        return ask(AccessRule.AUTHENTICATED, request);
    }

    /**
     * As {@link #identify}, without the size limit on name and roles: for the gateway's own endpoints (renew, revoke),
     * which put neither into a header.
     */
    public Mono<AccessDecision> authenticate(AccessRequest request) {
        BearerCredential credential = BearerCredential.of(request);
        BearerToken token = credential.token();
        return token == null
                ? Mono.just(new Denied(credential.fault()))
                : verifier.verify(token)
                        .map(verification -> verification.<AccessDecision>fold(
                                Granted::new, problem -> new Denied(Denial.of(problem)), Undecided::new))
                        .single();
    }

    /** Whether a valid token may be refused for some request: a role or denied rule exists. */
    public boolean restrictsByTarget() {
        return rules.restrictive();
    }

    /**
     * The current result of {@link #decide} and its reasons, without side effects: fetches, remembers and logs nothing.
     */
    public Explanation explain(AccessRequest request) {
        AccessRule rule = rules.ruleFor(request.method(), request.target());
        BearerCredential credential = BearerCredential.of(request);
        BearerToken token = credential.token();
        if (token == null) {
            return new Explanation(withoutToken(rule, credential), rule.toString(), credential.fault(), null);
        }
        TokenVerification verification = verifier.inspect(token);
        AccessDecision decision = verification instanceof TokenVerification.Verified verified
                ? admission(rule, verified.token())
                : judge(rule, verification, request);
        return new Explanation(decision, rule.toString(), null, verification);
    }

    /**
     * A decision and its reasons.
     *
     * @param rule the rule that matches the request, as the start log shows it
     * @param fault what is wrong with the credential before any token is verified; null with a token
     * @param verification the result for the token; null without one
     */
    public record Explanation(
            AccessDecision decision,
            String rule,
            @Nullable Denial fault,
            @Nullable TokenVerification verification) {}

    private Mono<AccessDecision> ask(AccessRule rule, AccessRequest request) {
        BearerCredential credential = BearerCredential.of(request);
        BearerToken token = credential.token();
        if (token == null) {
            return Mono.just(withoutToken(rule, credential));
        }
        return verifier.verify(token)
                .map(verification -> judge(rule, verification, request))
                .single();
    }

    private static AccessDecision withoutToken(AccessRule rule, BearerCredential credential) {
        return rule.allow() == Allow.ANONYMOUS ? ANONYMOUS : new Denied(credential.fault());
    }

    /** An anonymous path stays open for a bad credential and in an outage; the caller is then anonymous. */
    private AccessDecision judge(AccessRule rule, TokenVerification verification, AccessRequest request) {
        if (verification instanceof TokenVerification.Verified verified) {
            return admit(rule, verified.token(), request);
        }
        if (rule.allow() == Allow.ANONYMOUS) {
            return ANONYMOUS;
        }
        return verification.fold(
                token -> admit(rule, token, request), problem -> new Denied(Denial.of(problem)), Undecided::new);
    }

    private AccessDecision admit(AccessRule rule, AccessToken token, AccessRequest request) {
        AccessDecision decision = admission(rule, token);
        if (decision == IDENTITY_TOO_LARGE) {
            oversize.warn(token.wireName().length(), token.wireRoles().length(), request.id());
        }
        return decision;
    }

    private static AccessDecision admission(AccessRule rule, AccessToken token) {
        if (!rule.admits(token)) {
            return rule.allow() == Allow.DENIED ? DENIED_BY_RULE : WRONG_ROLE;
        }
        if (token.wireName().length() > MAX_NAME || token.wireRoles().length() > MAX_ROLES) {
            return rule.allow() == Allow.ANONYMOUS ? ANONYMOUS : IDENTITY_TOO_LARGE;
        }
        return new Granted(token);
    }
}
