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
 * Maps a JSON object to a subject by JSON pointers (RFC 6901). A pointer without a match is skipped.
 *
 * @param username the pointer to the name; without a match, the name as entered counts
 * @param roles the pointer to a string or an array of strings; null for no roles
 * @param claims further claims of the token by their names
 */
record SubjectMapping(
        @Nullable JsonPointer username, @Nullable JsonPointer roles, Map<String, JsonPointer> claims) {

    /** Empty if the name is not a valid subject name: then no such user exists. */
    static Optional<Subject> approved(String name) {
        return isUsable(name) ? Optional.of(Subject.named(name)) : Optional.empty();
    }

    /** @throws CredentialCheckUnavailableException if a value has another type than expected */
    Optional<Subject> subject(String typed, JsonNode source) {
        String name = name(typed, source);
        return isUsable(name) ? Optional.of(new Subject(name, roles(source), claims(source))) : Optional.empty();
    }

    static boolean isUsable(String name) {
        return Subject.isName(name) && !hasControls(name) && isText(name);
    }

    /**
     * Returns the role.
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

    /** JSON has neither infinite numbers nor lone surrogates, so a token with them would be invalid. */
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

    /** Whether the text has no lone surrogate. */
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
