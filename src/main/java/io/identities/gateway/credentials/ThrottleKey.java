package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** Whom a counter belongs to. Bounded in length whatever was typed, and no name stands in it. */
final class ThrottleKey {

    private static final int DIGEST_BYTES = 16;

    private ThrottleKey() {}

    /** Equal for spellings that a check may take for the same user: case, outer blanks and compatibility forms. */
    static String user(String username) {
        String folded = Normalizer.normalize(username, Normalizer.Form.NFKC)
                .strip()
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        byte[] digest = sha256(Normalizer.normalize(folded, Normalizer.Form.NFKC));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
    }

    static String network(InetAddress address, ThrottleRules.Network rules) {
        byte[] bytes = address.getAddress();
        int prefix = bytes.length == 4 ? rules.ipv4Prefix() : rules.ipv6Prefix();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.max(0, Math.min(8, prefix - i * 8));
            bytes[i] &= (byte) (0xFF << (8 - kept));
        }
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
