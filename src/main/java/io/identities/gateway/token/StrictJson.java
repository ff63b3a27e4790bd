package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259) and tolerates nothing: no duplicate member at any level, no byte order mark, no
 * malformed UTF-8, no lone surrogate, nothing after the end, bounded nesting and numbers. Values are {@code Map},
 * {@code List}, {@code String}, {@code Long}, {@link BigDecimal}, {@code Boolean} and null.
 */
final class StrictJson {

    static final int MAX_DEPTH = 32;
    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final int LONG_DIGITS = 18;

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /** @return null when {@code utf8} is anything but one well-formed object */
    static @Nullable Map<String, @Nullable Object> readObject(byte[] utf8) {
        String text = decode(utf8);
        return text == null ? null : readObject(text);
    }

    static @Nullable Map<String, @Nullable Object> readObject(String text) {
        StrictJson reader = new StrictJson(text);
        try {
            reader.skipBlanks();
            if (reader.peek() != '{') {
                return null;
            }
            Map<String, @Nullable Object> object = reader.object(1);
            reader.skipBlanks();
            return reader.at == text.length() ? object : null;
        } catch (Malformed e) {
            return null;
        }
    }

    private @Nullable Object value(int depth) {
        skipBlanks();
        return switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string();
            case 't' -> literal("true", Boolean.TRUE);
            case 'f' -> literal("false", Boolean.FALSE);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        checkDepth(depth);
        at++;
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        skipBlanks();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            skipBlanks();
            String name = string();
            if (members.containsKey(name)) {
                throw new Malformed();
            }
            skipBlanks();
            expect(':');
            members.put(name, value(depth));
            if (endsAfter('}')) {
                return members;
            }
        }
    }

    private List<@Nullable Object> array(int depth) {
        checkDepth(depth);
        at++;
        List<@Nullable Object> elements = new ArrayList<>();
        skipBlanks();
        if (peek() == ']') {
            at++;
            return elements;
        }
        while (true) {
            elements.add(value(depth));
            if (endsAfter(']')) {
                return elements;
            }
        }
    }

    private boolean endsAfter(char end) {
        skipBlanks();
        if (peek() == end) {
            at++;
            return true;
        }
        expect(',');
        return false;
    }

    private String string() {
        expect('"');
        int start = at;
        while (true) {
            char c = next();
            if (c == '"') {
                return text.substring(start, at - 1);
            }
            if (c < 0x20) {
                throw new Malformed();
            }
            if (c == '\\') {
                return escapedString(start);
            }
        }
    }

    private String escapedString(int start) {
        StringBuilder out = new StringBuilder().append(text, start, at - 1);
        char c = '\\';
        while (c != '"') {
            if (c < 0x20) {
                throw new Malformed();
            }
            out.append(c == '\\' ? escape() : c);
            c = next();
        }
        String string = out.toString();
        if (hasLoneSurrogate(string)) {
            throw new Malformed();
        }
        return string;
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
            case 'u' -> (char) (hexDigit() << 12 | hexDigit() << 8 | hexDigit() << 4 | hexDigit());
            default -> throw new Malformed();
        };
    }

    private int hexDigit() {
        char c = next();
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new Malformed();
        }
        return digit;
    }

    private Object number() {
        int start = at;
        skip('-');
        if (!skip('0')) {
            digits();
        }
        boolean whole = true;
        if (skip('.')) {
            whole = false;
            digits();
        }
        if (skip('e') || skip('E')) {
            whole = false;
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        return toNumber(text.substring(start, at), whole);
    }

    private static Object toNumber(String digits, boolean whole) {
        if (whole && digits.length() <= LONG_DIGITS) {
            return Long.valueOf(digits);
        }
        if (digits.length() > MAX_NUMBER_LENGTH) {
            throw new Malformed();
        }
        try {
            return new BigDecimal(digits);
        } catch (NumberFormatException e) {
            throw new Malformed();
        }
    }

    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw new Malformed();
        }
    }

    private @Nullable Object literal(String word, @Nullable Boolean value) {
        if (!text.startsWith(word, at)) {
            throw new Malformed();
        }
        at += word.length();
        return value;
    }

    private void skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return;
            }
            at++;
        }
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw new Malformed();
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw new Malformed();
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private static void checkDepth(int depth) {
        if (depth > MAX_DEPTH) {
            throw new Malformed();
        }
    }

    private static boolean hasLoneSurrogate(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
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

    /** Leaves the recursion at the first fault; without a stack trace, and never leaves this class. */
    private static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private Malformed() {
            super(null, null, false, false);
        }
    }
}
