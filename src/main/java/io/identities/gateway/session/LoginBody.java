package io.identities.gateway.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.credentials.Credentials;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads {@code {"username": "…", "password": "…"}}: UTF-8, one object, both members exactly once and strings; further
 * members are ignored. Nothing of a malformed body reaches an exception or a log.
 */
final class LoginBody {

    private static final int MAX_DEPTH = 16;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private LoginBody() {}

    /** @return null when the body is anything else */
    static @Nullable Credentials read(byte[] body) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
                return readObject(parser);
            }
        } catch (CharacterCodingException | JacksonException e) {
            return null;
        }
    }

    private static @Nullable Credentials readObject(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        String username = null;
        String password = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "username" -> username = text(parser, value);
                case "password" -> password = text(parser, value);
                default -> parser.skipChildren();
            }
        }
        if (username == null || password == null || parser.nextToken() != null) {
            return null;
        }
        return new Credentials(username, password);
    }

    private static @Nullable String text(JsonParser parser, JsonToken value) {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        parser.skipChildren();
        return null;
    }
}
