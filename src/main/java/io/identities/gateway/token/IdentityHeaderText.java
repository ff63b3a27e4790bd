package io.identities.gateway.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.List;

/** Names and roles as they travel in headers: UTF-8, percent-encoded outside {@code [A-Za-z0-9._~@+-]}. */
final class IdentityHeaderText {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String BARE = "._~@+-";

    private IdentityHeaderText() {}

    static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(UTF_8)) {
            if (isBare(b)) {
                out.append((char) b);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }

    static String encodeAll(List<String> texts) {
        return String.join(",", texts.stream().map(IdentityHeaderText::encode).toList());
    }

    private static boolean isBare(byte b) {
        return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || BARE.indexOf(b) >= 0;
    }
}
