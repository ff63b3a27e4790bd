package io.identities.gateway.access;

import io.identities.gateway.access.AccessRule.Allow;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The ordered list of access rules and the default for every other request; the first rule that matches decides. */
public final class AccessRules {

    private static final AccessRule DENIED = new AccessRule(Set.of(), PathPattern.of("/**"), Allow.DENIED, List.of());

    private final AccessRule[] rules;
    private final AccessRule rest;
    private final boolean restrictive;

    /** @param restDenied whether requests that match no rule are denied rather than open to every valid token */
    AccessRules(List<AccessRule> rules, boolean restDenied) {
        this.rules = rules.toArray(AccessRule[]::new);
        this.rest = restDenied ? DENIED : AccessRule.AUTHENTICATED;
        this.restrictive = rest.restricts() || rules.stream().anyMatch(AccessRule::restricts);
    }

    /** No rules: every request needs a valid token. */
    public static AccessRules authenticated() {
        return new AccessRules(List.of(), false);
    }

    /**
     * The rule that decides. A later anonymous rule does not open a path if any reading of it matches an earlier rule
     * that demands a token. Allocates nothing for a plain path without escapes.
     */
    AccessRule ruleFor(String method, RequestTarget target) {
        boolean kept = false;
        for (AccessRule rule : rules) {
            boolean passedOver = kept && rule.allow() == Allow.ANONYMOUS;
            if (!passedOver && rule.speaksFor(method, target)) {
                return rule;
            }
            kept = kept || rule.allow() == Allow.AUTHENTICATED && rule.mayBeMeant(method, target);
        }
        return rest;
    }

    /** Whether any rule, or the default, can refuse a valid token. */
    boolean restrictive() {
        return restrictive;
    }

    /** One line per rule, in order, the default last. */
    public List<String> describe() {
        return Stream.concat(Arrays.stream(rules), Stream.of(rest))
                .map(AccessRule::toString)
                .toList();
    }
}
