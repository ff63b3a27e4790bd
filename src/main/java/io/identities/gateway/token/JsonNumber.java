package io.identities.gateway.token;

import io.identities.gateway.token.JsonCursor.Malformed;
import java.math.BigDecimal;

/** Reads a number (RFC 8259 section 6): a {@code Long} if it is a short integer, else a {@link BigDecimal}. */
final class JsonNumber {

    private static final int MAX_LENGTH = 1000;
    private static final int LONG_DIGITS = 18;

    private JsonNumber() {}

    static Object read(JsonCursor cursor) {
        int start = cursor.position();
        cursor.skip('-');
        if (!cursor.skip('0')) {
            digits(cursor);
        }
        boolean whole = true;
        if (cursor.skip('.')) {
            whole = false;
            digits(cursor);
        }
        if (cursor.skip('e') || cursor.skip('E')) {
            whole = false;
            if (!cursor.skip('+')) {
                cursor.skip('-');
            }
            digits(cursor);
        }
        return number(cursor.text(start, cursor.position()), whole);
    }

    private static Object number(String digits, boolean whole) {
        if (whole && digits.length() <= LONG_DIGITS) {
            return Long.valueOf(digits);
        }
        if (digits.length() > MAX_LENGTH) {
            throw new Malformed();
        }
        try {
            return new BigDecimal(digits);
        } catch (NumberFormatException e) {
            throw new Malformed();
        }
    }

    private static void digits(JsonCursor cursor) {
        int start = cursor.position();
        while (!cursor.isAtEnd() && isDigit(cursor.peek())) {
            cursor.next();
        }
        if (cursor.position() == start) {
            throw new Malformed();
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
