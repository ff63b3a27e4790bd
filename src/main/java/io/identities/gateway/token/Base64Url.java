package io.identities.gateway.token;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64url without padding (RFC 7515 section 2), canonical: exactly one text for any bytes. */
final class Base64Url {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final byte[] VALUES = values();

    private Base64Url() {}

    static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /**
     * Reads {@code text} from {@code from} to before {@code to}.
     *
     * @return null when a character is outside the alphabet, the length is impossible, or an unused bit is set
     */
    static byte @Nullable [] decode(byte[] text, int from, int to) {
        int length = to - from;
        int tail = length & 3;
        if (tail == 1) {
            return null;
        }
        byte[] out = new byte[length * 3 >> 2];
        int at = from;
        int written = 0;
        for (int end = to - tail; at < end; at += 4) {
            int bits = bits(text, at, 4);
            if (bits < 0) {
                return null;
            }
            out[written++] = (byte) (bits >> 16);
            out[written++] = (byte) (bits >> 8);
            out[written++] = (byte) bits;
        }
        return tail == 0 || readTail(text, at, tail, out, written) ? out : null;
    }

    private static boolean readTail(byte[] text, int at, int tail, byte[] out, int written) {
        int bits = bits(text, at, tail);
        if (tail == 2) {
            if (bits < 0 || (bits & 0xf) != 0) {
                return false;
            }
            out[written] = (byte) (bits >> 4);
            return true;
        }
        if (bits < 0 || (bits & 0x3) != 0) {
            return false;
        }
        out[written] = (byte) (bits >> 10);
        out[written + 1] = (byte) (bits >> 2);
        return true;
    }

    /** The bits of {@code count} characters; negative if one of them is outside the alphabet. */
    private static int bits(byte[] text, int at, int count) {
        int bits = 0;
        for (int i = at; i < at + count; i++) {
            int value = text[i] < 0 ? -1 : VALUES[text[i]];
            if (value < 0) {
                return -1;
            }
            bits = bits << 6 | value;
        }
        return bits;
    }

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }
}
