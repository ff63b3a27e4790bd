package io.identities.client;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the JSON body of a login, without leaving the password behind in a {@link String}. */
final class LoginBody {

    private static final String HEX = "0123456789abcdef";

    private final CharBuffer json;

    private LoginBody(int capacity) {
        json = CharBuffer.allocate(capacity);
    }

    /** UTF-8; the caller wipes it after use. */
    static byte[] of(String username, char[] password) {
        LoginBody body = new LoginBody(6 * (username.length() + password.length) + 64);
        body.json.put("{\"username\":");
        body.string(CharBuffer.wrap(username));
        body.json.put(",\"password\":");
        body.string(CharBuffer.wrap(password));
        body.json.put("}").flip();
        ByteBuffer encoded = ByteBuffer.allocate(3 * body.json.remaining());
        StandardCharsets.UTF_8.newEncoder().encode(body.json, encoded, true);
        encoded.flip();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(encoded.array(), (byte) 0);
        Arrays.fill(body.json.array(), '\0');
        return bytes;
    }

    private void string(CharBuffer text) {
        json.put('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.put('\\').put(c);
            } else if (c < ' ' || isLoneSurrogate(text, i)) {
                escape(c);
            } else {
                json.put(c);
            }
        }
        json.put('"');
    }

    /** A lone surrogate has no UTF-8 form, and a question mark in its place would be another password. */
    private static boolean isLoneSurrogate(CharBuffer text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private void escape(char c) {
        json.put("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            json.put(HEX.charAt(c >> shift & 15));
        }
    }
}
