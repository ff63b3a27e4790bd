package io.identities.gateway.access;

import io.identities.gateway.access.AccessRule.Allow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Settings {@code identities.access.*}.
 *
 * @param rules the ordered rules; the first that matches decides
 * @param rest what applies to every other request: authenticated or denied
 */
@ConfigurationProperties("identities.access")
record AccessSettings(
        @DefaultValue List<Rule> rules,
        @Name("default") @DefaultValue("authenticated") String rest) implements InitializingBean {

    AccessSettings {
        rules = List.copyOf(rules);
        if (!rest.equals("authenticated") && !rest.equals("denied")) {
            throw new IllegalArgumentException(
                    "identities.access.default: found '" + rest + "', expected authenticated or denied");
        }
    }

    /**
     * One rule.
     *
     * @param methods HTTP methods; none for all; GET includes HEAD
     * @param path a path pattern: begins with a slash; * inside a segment; /** at the end
     * @param allow anonymous, authenticated, denied or any-role
     */
    record Rule(
            @DefaultValue List<String> methods,
            @DefaultValue("") String path,
            @Nullable Demand allow) {}

    /**
     * What a rule demands: a word, or a list of roles.
     *
     * @param word anonymous, authenticated or denied
     * @param anyRole the roles of which the token must have one
     */
    record Demand(@Nullable String word, @DefaultValue List<String> anyRole) {

        private static final Pattern ANY_ROLE =
                Pattern.compile("any-role(?:\\s*[:=]|\\s|(?=\\[)|$)\\s*(?:\\[([^\\[\\]]*)\\]|([^\\[\\]]*))");
        private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

        Demand {
            anyRole = anyRole.stream().map(String::strip).toList();
        }

        /** Binds {@code anonymous}, and {@code any-role: [a, b]} where it is written in one line. */
        public static Demand of(String text) {
            String stripped = text.strip();
            Matcher anyRole = ANY_ROLE.matcher(stripped);
            if (!anyRole.matches()) {
                return new Demand(stripped, List.of());
            }
            String roles = anyRole.group(1) == null ? anyRole.group(2) : anyRole.group(1);
            return new Demand(
                    null, Stream.of(roles.split(",")).map(Demand::unquoted).toList());
        }

        private static String unquoted(String role) {
            Matcher quoted = QUOTED.matcher(role.strip());
            if (!quoted.matches()) {
                return role;
            }
            return quoted.group(1) == null ? quoted.group(2) : quoted.group(1);
        }
    }

    /** @throws IllegalArgumentException for a value that is not a rule */
    @Override
    public void afterPropertiesSet() {
        toRules();
    }

    AccessRules toRules() {
        List<AccessRule> made = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            made.add(toRule("identities.access.rules[" + i + "]", rules.get(i)));
        }
        return new AccessRules(made, rest.equals("denied"));
    }

    private static AccessRule toRule(String property, Rule rule) {
        PathPattern path = toPattern(property, rule.path());
        Demand demand = rule.allow();
        if (demand == null) {
            throw new IllegalArgumentException(
                    property + ".allow: found nothing, expected anonymous, authenticated, denied or any-role: [..]");
        }
        Allow allow = toAllow(property, demand);
        if (allow == Allow.ANONYMOUS && path.opensEverything()) {
            throw new IllegalArgumentException(property + ".path: found '" + path
                    + "', expected a narrower path: an anonymous rule must not open everything");
        }
        return new AccessRule(toMethods(property, rule.methods()), path, allow, demand.anyRole());
    }

    private static PathPattern toPattern(String property, String path) {
        try {
            return PathPattern.of(path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(property + ".path: " + e.getMessage(), e);
        }
    }

    private static Allow toAllow(String property, Demand demand) {
        if (!demand.anyRole().isEmpty()) {
            demand.anyRole().forEach(role -> requireRole(property, role));
            return Allow.ANY_ROLE;
        }
        String word = demand.word() == null ? "" : demand.word();
        return switch (word) {
            case "anonymous" -> Allow.ANONYMOUS;
            case "authenticated" -> Allow.AUTHENTICATED;
            case "denied" -> Allow.DENIED;
            default ->
                throw new IllegalArgumentException(property + ".allow: found '" + word
                        + "', expected anonymous, authenticated, denied or any-role: [..]");
        };
    }

    /** Brackets and quotes are YAML's, and stay where the list is a value of its own: nobody has such a role. */
    private static void requireRole(String property, String role) {
        if (role.isEmpty()) {
            throw new IllegalArgumentException(
                    property + ".allow.any-role: found an empty role, expected one or more names");
        }
        if ("[\"'".indexOf(role.charAt(0)) >= 0 || "]\"'".indexOf(role.charAt(role.length() - 1)) >= 0) {
            throw new IllegalArgumentException(property + ".allow.any-role: found '" + role
                    + "', expected names with commas between them, without brackets and quotes");
        }
    }

    private static Set<String> toMethods(String property, List<String> methods) {
        return methods.stream().map(method -> toMethod(property, method)).collect(Collectors.toUnmodifiableSet());
    }

    private static String toMethod(String property, String method) {
        String upper = method.strip().toUpperCase(Locale.ROOT);
        if (!upper.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-') || upper.isEmpty()) {
            throw new IllegalArgumentException(
                    property + ".methods: found '" + method + "', expected HTTP methods such as GET");
        }
        return upper;
    }
}
