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
 * The one decision behind every door. Thread-safe, never blocks, never throws for any request. Publishes nothing: the
 * door that asked reports its decision.
 */
public final class Gatekeeper {

    private static final AccessDecision ANONYMOUS = new Anonymous();
    private static final AccessDecision WRONG_ROLE = new Denied(Denial.WRONG_ROLE);
    private static final AccessDecision DENIED_BY_RULE = new Denied(Denial.DENIED_BY_RULE);
    private static final AccessDecision IDENTITY_TOO_LARGE = new Denied(Denial.IDENTITY_TOO_LARGE);

    /** Bytes of a name in its header form. */
    static final int MAX_NAME = 512;

    /** Bytes of all roles in their header form. */
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
     * The decision without waiting for anybody: by far the usual case.
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

    /** Who the caller is, where anonymous rules do not apply; the access rules are not consulted. */
    public Mono<AccessDecision> identify(AccessRequest request) {
        return ask(AccessRule.AUTHENTICATED, request);
    }

    /**
     * Whose token it is, whatever the size of the name and the roles: for what the gateway does itself (renew, revoke),
     * where neither becomes a header. As {@link #identify} else.
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

    /** Whether what is asked for may matter to a caller with a good token: a role or denied rule exists. */
    public boolean restrictsByTarget() {
        return rules.restrictive();
    }

    /** What {@link #decide} would say as things stand, and why: nobody is asked, nothing remembered or logged. */
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
     * A decision with what it rests on.
     *
     * @param rule the rule that speaks for the request, as the start log shows it
     * @param fault what is wrong with the credential before any token is looked at; null with a token
     * @param verification what became of the token; null without one
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

    /** An open path stays open for a bad credential and in an outage; the caller is then nobody. */
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
