package io.identities.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one JSON object, strictly (RFC 8259): UTF-8 only, no duplicate member, nothing after it, at most
 * {@value #MAX_DEPTH} levels. Strings become {@link String}, numbers {@link Double}, objects {@link Map}, arrays
 * {@link List}, {@code true} and {@code false} {@link Boolean}; members that are {@code null} are left out.
 */
final class JsonReader {

    private static final int MAX_DEPTH = 16;
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");
    private static final Object NULL = new Object();

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /** The object, or empty if the bytes are anything else. */
    static Optional<Map<String, Object>> object(byte[] bytes) {
        try {
            JsonReader reader = new JsonReader(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
            reader.skipBlanks();
            Map<String, Object> object = reader.object(1);
            reader.skipBlanks();
            return reader.at == reader.text.length() ? Optional.of(object) : Optional.empty();
        } catch (CharacterCodingException | Malformed e) {
            return Optional.empty();
        }
    }

    private Object value(int depth) {
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", NULL);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        enter('{', depth);
        Map<String, Object> members = new HashMap<>();
        if (!endsWith('}')) {
            do {
                skipBlanks();
                String name = string();
                skipBlanks();
                expect(':');
                skipBlanks();
                if (members.put(name, value(depth + 1)) != null) {
                    throw new Malformed();
                }
                skipBlanks();
            } while (comma('}'));
        }
        members.values().removeIf(value -> value == NULL);
        return members;
    }

    private List<Object> array(int depth) {
        enter('[', depth);
        List<Object> items = new ArrayList<>();
        if (!endsWith(']')) {
            do {
                skipBlanks();
                items.add(value(depth + 1));
                skipBlanks();
            } while (comma(']'));
        }
        return items;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ') {
                throw new Malformed();
            }
            string.append(c == '\\' ? escape() : c);
        }
        return string.toString();
    }

    private char escape() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) (hex() << 12 | hex() << 8 | hex() << 4 | hex());
            default -> throw new Malformed();
        };
    }

    private int hex() {
        char c = next();
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new Malformed();
        }
        return digit;
    }

    private Double number() {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        if (!number.lookingAt()) {
            throw new Malformed();
        }
        at = number.end();
        return Double.valueOf(number.group());
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw new Malformed();
        }
        at += word.length();
        return value;
    }

    private void enter(char bracket, int depth) {
        expect(bracket);
        if (depth > MAX_DEPTH) {
            throw new Malformed();
        }
    }

    private boolean endsWith(char bracket) {
        skipBlanks();
        if (peek() != bracket) {
            return false;
        }
        at++;
        return true;
    }

    private boolean comma(char bracket) {
        char c = next();
        if (c != ',' && c != bracket) {
            throw new Malformed();
        }
        return c == ',';
    }

    private void expect(char expected) {
        if (next() != expected) {
            throw new Malformed();
        }
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private char peek() {
        if (at >= text.length()) {
            throw new Malformed();
        }
        return text.charAt(at);
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private static final class Malformed extends RuntimeException {

        private Malformed() {
            super(null, null, false, false);
        }
    }
}
