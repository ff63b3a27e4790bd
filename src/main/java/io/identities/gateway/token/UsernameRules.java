package io.identities.gateway.token;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the tokens of one issuer name their user; ensures that no issuer can name another one's users.
 *
 * @param claims the first of these that is present holds the name
 * @param prefix prefix of every name
 * @param foreignPrefixes no name, its own prefix included, may begin with one of these, which belong to others
 */
record UsernameRules(List<String> claims, String prefix, Set<String> foreignPrefixes) {

    /**
     * The rules for the names of a trusted issuer.
     *
     * @param prefixes the username prefixes of all trusted issuers; a longer one that begins with this issuer's belongs
     *     to another issuer
     */
    static UsernameRules foreign(String claim, String prefix, Set<String> prefixes) {
        return new UsernameRules(
                List.of(claim),
                prefix,
                prefixes.stream()
                        .filter(other -> other.startsWith(prefix) && other.length() > prefix.length())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /** The whole name; null if there is no usable one. */
    @Nullable String read(Map<String, @Nullable Object> values) {
        for (String claim : claims) {
            if (values.containsKey(claim)) {
                return values.get(claim) instanceof String name ? whole(name) : null;
            }
        }
        return null;
    }

    static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private @Nullable String whole(String name) {
        String whole = prefix + name;
        boolean usable = Subject.isName(name)
                && !hasControls(name)
                && foreignPrefixes.stream().noneMatch(whole::startsWith);
        return usable ? whole : null;
    }
}
