package io.identities.gateway.token;

import io.identities.gateway.token.JsonCursor.Malformed;

/** Reads a string (RFC 8259 section 7): no raw control character, no unknown escape, no lone surrogate among escapes. */
final class JsonString {

    private JsonString() {}

    static String read(JsonCursor cursor) {
        cursor.expect('"');
        int start = cursor.position();
        char c = character(cursor);
        while (c != '"' && c != '\\') {
            c = character(cursor);
        }
        String plain = cursor.text(start, cursor.position() - 1);
        return c == '"' ? plain : escaped(plain, cursor);
    }

    private static String escaped(String plain, JsonCursor cursor) {
        StringBuilder out = new StringBuilder(plain).append(escape(cursor));
        for (char c = character(cursor); c != '"'; c = character(cursor)) {
            out.append(c == '\\' ? escape(cursor) : c);
        }
        String string = out.toString();
        if (hasLoneSurrogate(string)) {
            throw new Malformed();
        }
        return string;
    }

    private static char character(JsonCursor cursor) {
        char c = cursor.next();
        if (c < 0x20) {
            throw new Malformed();
        }
        return c;
    }

    private static char escape(JsonCursor cursor) {
        char c = cursor.next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' ->
                (char) (hexDigit(cursor) << 12 | hexDigit(cursor) << 8 | hexDigit(cursor) << 4 | hexDigit(cursor));
            default -> throw new Malformed();
        };
    }

    private static int hexDigit(JsonCursor cursor) {
        char c = cursor.next();
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new Malformed();
        }
        return digit;
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
}
