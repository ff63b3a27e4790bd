package io.identities.gateway.access;

/**
 * Percent-decoding as the most lenient readers do it: overlong and five- or six-byte UTF-8, {@code %uXXXX}, and
 * look-alikes of dots and slashes are read as these. What is not an escape stays as it is.
 */
final class LenientDecoder {

    /** Replaces an escaped byte that is not part of a character. */
    static final char UNDECODABLE = '\uFFFD';

    private static final String DOTS = ".\uFF0E\u2024\uFE52";
    private static final String SLASHES = "/\uFF0F\u2215\u2044";
    private static final String BACKSLASHES = "\\\uFF3C\u2216\uFE68";

    private LenientDecoder() {}

    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            i = text.charAt(i) == '%' ? decodeEscape(text, i, out) : copy(text, i, out);
        }
        return out.toString();
    }

    private static int copy(String text, int i, StringBuilder out) {
        out.append(text.charAt(i));
        return i + 1;
    }

    private static int decodeEscape(String text, int i, StringBuilder out) {
        int unicode = unicodeEscape(text, i);
        if (unicode >= 0) {
            out.append(folded((char) unicode));
            return i + 6;
        }
        int lead = Utf8Escapes.byteAt(text, i, text.length());
        if (lead < 0) {
            return copy(text, i, out);
        }
        int bytes = Utf8Escapes.lenientLength(text, i, lead);
        int codePoint = Utf8Escapes.lenientCodePoint(text, i, text.length(), lead, bytes);
        if (codePoint < 0) {
            out.append(UNDECODABLE);
        } else if (codePoint < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
            out.append(folded((char) codePoint));
        } else {
            out.appendCodePoint(codePoint);
        }
        return i + 3 * bytes;
    }

    /** The value of {@code %uXXXX}, or -1. */
    private static int unicodeEscape(String text, int i) {
        if (i + 5 >= text.length() || (text.charAt(i + 1) | 0x20) != 'u') {
            return -1;
        }
        int value = 0;
        for (int k = i + 2; k < i + 6; k++) {
            int digit = Utf8Escapes.hex(text.charAt(k));
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Look-alikes that some readers map to the ASCII character. */
    private static char folded(char c) {
        if (c < 0x80) {
            return c;
        }
        if (DOTS.indexOf(c) >= 0) {
            return '.';
        }
        if (SLASHES.indexOf(c) >= 0) {
            return '/';
        }
        return BACKSLASHES.indexOf(c) >= 0 ? '\\' : c;
    }
}
