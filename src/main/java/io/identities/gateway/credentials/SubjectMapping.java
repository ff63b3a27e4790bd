package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Makes a subject of a JSON object by JSON pointers (RFC 6901). What a pointer does not find is left out.
 *
 * @param username where the name stands; without one there, the name that was typed counts
 * @param roles where a string or an array of strings stands; null: no roles
 * @param claims further claims of the token by their names
 */
record SubjectMapping(
        @Nullable JsonPointer username, @Nullable JsonPointer roles, Map<String, JsonPointer> claims) {

    /** Empty when the name cannot be a subject's: then nobody of that name exists. */
    static Optional<Subject> approved(String name) {
        return isUsable(name) ? Optional.of(Subject.named(name)) : Optional.empty();
    }

    /** @throws CredentialCheckUnavailableException when something of another shape stands at a pointer */
    Optional<Subject> subject(String typed, JsonNode source) {
        String name = name(typed, source);
        return isUsable(name) ? Optional.of(new Subject(name, roles(source), claims(source))) : Optional.empty();
    }

    static boolean isUsable(String name) {
        return Subject.isName(name) && !hasControls(name) && isText(name);
    }

    /**
     * The role itself.
     *
     * @throws CredentialCheckUnavailableException when a token with it would not be valid
     */
    static String role(String name) {
        if (hasControls(name) || !isText(name)) {
            throw CredentialCheckUnavailableException.unclear("a role with control characters or half a character");
        }
        return name;
    }

    private String name(String typed, JsonNode source) {
        JsonNode found = at(source, username);
        if (found == null) {
            return typed;
        }
        return text(found, username);
    }

    private List<String> roles(JsonNode source) {
        JsonNode found = at(source, roles);
        if (found == null) {
            return List.of();
        }
        if (!found.isArray()) {
            return List.of(role(text(found, roles)));
        }
        List<String> names = new ArrayList<>();
        found.forEach(role -> names.add(role(text(role, roles))));
        return names;
    }

    private Map<String, Object> claims(JsonNode source) {
        Map<String, Object> found = new LinkedHashMap<>();
        claims.forEach((name, pointer) -> {
            JsonNode value = at(source, pointer);
            Object plain = value == null ? null : CheckResponse.plain(value);
            if (plain != null) {
                found.put(name, claim(name, plain));
            }
        });
        return found;
    }

    /** JSON has neither infinite numbers nor half characters, so a token that repeated them would not be valid. */
    private static Object claim(String name, Object value) {
        if (!isJson(value)) {
            throw CredentialCheckUnavailableException.unclear("a value that no token can carry for claim " + name);
        }
        return value;
    }

    private static boolean isJson(@Nullable Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.values().stream().allMatch(SubjectMapping::isJson);
        }
        if (value instanceof Collection<?> elements) {
            return elements.stream().allMatch(SubjectMapping::isJson);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number);
        }
        return !(value instanceof String text) || isText(text);
    }

    static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** Whether this is text without half a surrogate pair. */
    static boolean isText(String value) {
        return value.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static @Nullable JsonNode at(JsonNode source, @Nullable JsonPointer pointer) {
        if (pointer == null) {
            return null;
        }
        JsonNode found = source.at(pointer);
        return found.isMissingNode() || found.isNull() ? null : found;
    }

    private static String text(JsonNode node, @Nullable JsonPointer pointer) {
        if (!node.isString()) {
            throw CredentialCheckUnavailableException.unclear("answer with something else than text at " + pointer);
        }
        return node.stringValue();
    }
}
