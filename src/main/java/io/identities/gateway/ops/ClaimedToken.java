package io.identities.gateway.ops;

import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The unverified claims of a token: enough to see why it is refused, and nothing that could be used as a token. Texts
 * are cut at 200 characters.
 */
record ClaimedToken(
        @Nullable String alg,
        @Nullable String kid,
        @Nullable String typ,
        @Nullable String iss,
        @Nullable String aud,
        @Nullable Instant iat,
        @Nullable Instant nbf,
        @Nullable Instant exp) {

    private static final int MAX_TEXT = 200;
    private static final int MAX_TOKEN = 32 * 1024;

    /** @return null for text that does not have the form of a token */
    static @Nullable ClaimedToken read(String compact) {
        String[] parts = compact.split("\\.", -1);
        if (parts.length != 3 || compact.length() > MAX_TOKEN) {
            return null;
        }
        JsonNode header = json(parts[0]);
        JsonNode claims = json(parts[1]);
        if (header == null || claims == null) {
            return null;
        }
        return new ClaimedToken(
                text(header, "alg"),
                text(header, "kid"),
                text(header, "typ"),
                text(claims, "iss"),
                text(claims, "aud"),
                moment(claims, "iat"),
                moment(claims, "nbf"),
                moment(claims, "exp"));
    }

    private static @Nullable JsonNode json(String part) {
        try {
            JsonNode node = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(part));
            return node.isObject() ? node : null;
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        String text = value.isString() ? value.stringValue() : value.toString();
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
    }

    private static @Nullable Instant moment(JsonNode node, String name) {
        JsonNode value = node.get(name);
        boolean usable = value != null && value.isNumber() && Math.abs(value.doubleValue()) < 1e11;
        return usable ? Instant.ofEpochSecond((long) value.doubleValue()) : null;
    }
}
