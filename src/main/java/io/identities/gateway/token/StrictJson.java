package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.token.JsonCursor.Malformed;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259) strictly: no duplicate member at any level, no byte order mark, no malformed UTF-8,
 * no lone surrogate, nothing after the end, bounded nesting and numbers. Values are {@code Map}, {@code List},
 * {@code String}, {@code Long}, {@link BigDecimal}, {@code Boolean} and null.
 */
final class StrictJson {

    static final int MAX_DEPTH = 32;

    private final JsonCursor cursor;

    private StrictJson(JsonCursor cursor) {
        this.cursor = cursor;
    }

    /** @return null if {@code utf8} is not exactly one well-formed object */
    static @Nullable Map<String, @Nullable Object> readObject(byte[] utf8) {
        String text = decode(utf8);
        return text == null ? null : readObject(text);
    }

    /** @return null if {@code text} is not exactly one well-formed object */
    static @Nullable Map<String, @Nullable Object> readObject(String text) {
        JsonCursor cursor = new JsonCursor(text);
        try {
            cursor.skipBlanks();
            Map<String, @Nullable Object> object = new StrictJson(cursor).object(1);
            cursor.skipBlanks();
            return cursor.isAtEnd() ? object : null;
        } catch (Malformed e) {
            return null;
        }
    }

    private @Nullable Object value(int depth) {
        cursor.skipBlanks();
        return switch (cursor.peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> JsonString.read(cursor);
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> JsonNumber.read(cursor);
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        begin('{', depth);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (cursor.skip('}')) {
            return members;
        }
        do {
            member(members, depth);
        } while (goesOn('}'));
        return members;
    }

    private void member(Map<String, @Nullable Object> members, int depth) {
        cursor.skipBlanks();
        String name = JsonString.read(cursor);
        if (members.containsKey(name)) {
            throw new Malformed();
        }
        cursor.skipBlanks();
        cursor.expect(':');
        members.put(name, value(depth));
    }

    private List<@Nullable Object> array(int depth) {
        begin('[', depth);
        List<@Nullable Object> elements = new ArrayList<>();
        if (cursor.skip(']')) {
            return elements;
        }
        do {
            elements.add(value(depth));
        } while (goesOn(']'));
        return elements;
    }

    private void begin(char bracket, int depth) {
        cursor.expect(bracket);
        if (depth > MAX_DEPTH) {
            throw new Malformed();
        }
        cursor.skipBlanks();
    }

    private boolean goesOn(char end) {
        cursor.skipBlanks();
        if (cursor.skip(end)) {
            return false;
        }
        cursor.expect(',');
        return true;
    }

    private @Nullable Object literal(String word, @Nullable Boolean value) {
        cursor.expect(word);
        return value;
    }

    private static @Nullable String decode(byte[] utf8) {
        String text = new String(utf8, UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
