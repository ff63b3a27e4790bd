package io.identities.gateway.access;

import io.identities.gateway.token.AccessToken;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One access rule: which requests it matches, and what it demands.
 *
 * @param methods in upper case; empty for every method; {@code GET} includes {@code HEAD}
 * @param roles for {@link Allow#ANY_ROLE}, at least one
 */
record AccessRule(Set<String> methods, PathPattern path, Allow allow, List<String> roles) {

    /** Every valid token passes. */
    static final AccessRule AUTHENTICATED =
            new AccessRule(Set.of(), PathPattern.of("/**"), Allow.AUTHENTICATED, List.of());

    AccessRule {
        methods = Set.copyOf(methods);
        roles = List.copyOf(roles);
    }

    enum Allow {
        ANONYMOUS,
        AUTHENTICATED,
        DENIED,
        ANY_ROLE
    }

    /** Whether this rule can refuse a valid token. */
    boolean restricts() {
        return allow == Allow.DENIED || allow == Allow.ANY_ROLE;
    }

    /** Permissive rules match only if every reading of the path matches; restrictive ones if any reading does. */
    boolean speaksFor(String method, RequestTarget target) {
        return switch (allow) {
            case ANONYMOUS -> target.isPlain() && namesMethod(method) && path.matchesHoweverRead(target);
            case AUTHENTICATED -> namesMethod(method) && path.matchesHoweverRead(target);
            case DENIED, ANY_ROLE -> mayBeMeant(method, target);
        };
    }

    /** Whether any reading of the request matches this rule. */
    boolean mayBeMeant(String method, RequestTarget target) {
        return mayMeanMethod(method) && (path.matches(target) || path.matchesLoosely(target));
    }

    /** Whether the roles of {@code token} satisfy this rule. */
    boolean admits(AccessToken token) {
        return switch (allow) {
            case ANONYMOUS, AUTHENTICATED -> true;
            case DENIED -> false;
            case ANY_ROLE -> hasAnyRole(token.subject().roles());
        };
    }

    private boolean hasAnyRole(List<String> held) {
        for (String role : roles) {
            if (held.contains(role)) {
                return true;
            }
        }
        return false;
    }

    private boolean namesMethod(String method) {
        return methods.isEmpty() || methods.contains(method) || method.equals("HEAD") && methods.contains("GET");
    }

    private boolean mayMeanMethod(String method) {
        if (namesMethod(method)) {
            return true;
        }
        for (String named : methods) {
            if (named.equalsIgnoreCase(method)) {
                return true;
            }
        }
        return method.equalsIgnoreCase("HEAD") && methods.contains("GET");
    }

    @Override
    public String toString() {
        return (methods.isEmpty()
                        ? "any method"
                        : String.join(",", methods.stream().sorted().toList())) + " " + path + " -> "
                + (allow == Allow.ANY_ROLE ? "any-role " + roles : allow.name().toLowerCase(Locale.ROOT));
    }
}
