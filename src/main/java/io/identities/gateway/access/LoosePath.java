package io.identities.gateway.access;

import java.util.Locale;

/** How lenient readers may take a path. Off the hot path: only paths with escapes or odd characters come here. */
final class LoosePath {

    private static final char UNDECODABLE = '\uFFFD';
    private static final String DOTS = ".\uFF0E\u2024\uFE52";
    private static final String SLASHES = "/\uFF0F\u2215\u2044";
    private static final String BACKSLASHES = "\\\uFF3C\u2216\uFE68";

    private LoosePath() {}

    static String reading(String path) {
        String cut = withoutParameters(path);
        cut = withoutParameters(decode(cut));
        return tidied(withoutParameters(decode(cut)));
    }

    /** Slashes merged, without what trails, in lower case. */
    static String tidied(String path) {
        String merged = mergeSlashes(path);
        return merged.substring(0, trimmedEnd(merged)).toLowerCase(Locale.ROOT);
    }

    /** The end of {@code path} without trailing slashes, dots and blanks. */
    static int trimmedEnd(String path) {
        int end = path.length();
        while (end > 0 && isTrailing(path.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /**
     * Whether some reader finds {@code .} or {@code ..} as a segment: decoded up to twice, split at both slashes,
     * parameters cut. Blanks, controls and undecodable bytes count as absent, because some readers drop them.
     */
    static boolean hasDotSegment(String path) {
        String decoded = decode(decode(path));
        int dots = 0;
        boolean other = false;
        boolean parameters = false;
        for (int i = 0; i <= decoded.length(); i++) {
            char c = i < decoded.length() ? decoded.charAt(i) : '/';
            if (c == '/' || c == '\\') {
                if (!other && (dots == 1 || dots == 2)) {
                    return true;
                }
                dots = 0;
                other = false;
                parameters = false;
            } else if (c == ';') {
                parameters = true;
            } else if (!parameters && !isBlank(c) && c != UNDECODABLE) {
                dots += c == '.' ? 1 : 0;
                other |= c != '.';
            }
        }
        return false;
    }

    /**
     * Whether every escape before {@code end} belongs to well-formed UTF-8 (RFC 3629) of a character that is not
     * {@code / \ . ; %} or a control. The escapes themselves are known to be complete.
     */
    static boolean hasPlainEscapes(String path, int end) {
        int i = path.indexOf('%');
        while (i >= 0 && i < end) {
            int codePoint = Utf8Escapes.codePointAt(path, i, end);
            if (codePoint < 0 || isExcluded(codePoint)) {
                return false;
            }
            i = path.indexOf('%', i + Utf8Escapes.length(codePoint));
        }
        return true;
    }

    static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static boolean isExcluded(int codePoint) {
        return Character.isISOControl(codePoint)
                || codePoint == '/'
                || codePoint == '\\'
                || codePoint == '.'
                || codePoint == ';'
                || codePoint == '%';
    }

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
            int digit = hex(text.charAt(k));
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

    static String withoutParameters(String path) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        boolean cutting = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            cutting = c == ';' || cutting && c != '/' && c != '\\';
            if (!cutting) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String mergeSlashes(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i) == '\\' ? '/' : path.charAt(i);
            if (c != '/' || out.length() == 0 || out.charAt(out.length() - 1) != '/') {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isTrailing(char c) {
        return c == '/' || c == '.' || isBlank(c);
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
