package io.identities.gateway.credentials;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service's response. Prints without the body.
 *
 * @param body at most {@link CheckHttpClient#MAX_BODY} bytes; null when it was longer
 * @param retryAfter the response's {@code Retry-After} in seconds, at most an hour
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record CheckResponse(
        int status, @Nullable String contentType, @Nullable Duration retryAfter, byte @Nullable [] body) {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    boolean isEmpty() {
        return body != null && body.length == 0;
    }

    /**
     * The body as a JSON object.
     *
     * @throws CredentialCheckUnavailableException when it is anything else, or is not declared as JSON
     */
    ObjectNode json() {
        if (body == null) {
            throw CredentialCheckUnavailableException.unclear(
                    "answer " + status + " with a body over " + CheckHttpClient.MAX_BODY + " bytes");
        }
        if (!isJson()) {
            throw CredentialCheckUnavailableException.unclear("answer " + status + " with a body that is not JSON");
        }
        return object(body, "answer " + status);
    }

    /** @throws CredentialCheckUnavailableException when these bytes are not a JSON object */
    static ObjectNode object(byte[] bytes, String what) {
        try {
            JsonNode node = JSON.readTree(bytes);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            // The parser's message may repeat what it read.
        }
        throw CredentialCheckUnavailableException.unclear(what + " with a body that is not a JSON object");
    }

    static byte[] write(Object value) {
        return JSON.writeValueAsBytes(value);
    }

    static @Nullable Object plain(JsonNode node) {
        return JSON.treeToValue(node, Object.class);
    }

    @Override
    public String toString() {
        return "CheckResponse[" + status + "]";
    }

    private boolean isJson() {
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }
}
