package io.identities.gateway.access;

import java.util.Locale;

/**
 * How lenient readers may interpret a path. Off the hot path except for {@link #trimmedEnd}: only paths with escapes or
 * unusual characters come here.
 */
final class LoosePath {

    private LoosePath() {}

    /** The loosest reading: see {@link RequestTarget#looseReading}. */
    static String reading(String path) {
        String cut = withoutParameters(path);
        cut = withoutParameters(LenientDecoder.decode(cut));
        return tidied(withoutParameters(LenientDecoder.decode(cut)));
    }

    /** Merges slashes, cuts trailing slashes, dots and blanks, and lower-cases. */
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
     * Whether any reading has {@code .} or {@code ..} as a segment: decoded up to twice, split at both slashes,
     * parameters cut. Blanks, controls and undecodable bytes count as absent, because some readers drop them.
     */
    static boolean hasDotSegment(String path) {
        String decoded = LenientDecoder.decode(LenientDecoder.decode(path));
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
            } else if (!parameters && !isBlank(c) && c != LenientDecoder.UNDECODABLE) {
                dots += c == '.' ? 1 : 0;
                other |= c != '.';
            }
        }
        return false;
    }

    /** Each segment up to its first semicolon; a backslash ends a segment as well. */
    static String withoutParameters(String path) {
        return withoutParameters(path, '\\');
    }

    /** The same for readers that do not end a segment at a backslash. */
    static String withoutParametersUpToSlash(String path) {
        return withoutParameters(path, '/');
    }

    /** Whether a path begins with two slashes, as a reference to another authority does (RFC 3986 section 4.2). */
    static boolean mayHoldAuthority(String path) {
        return path.length() > 1 && isSlash(path.charAt(0)) && isSlash(path.charAt(1));
    }

    /** The path after the authority, for readers that find one after any number of slashes (WHATWG URL). */
    static String withoutAuthority(String path) {
        int i = 0;
        while (i < path.length() && isSlash(path.charAt(i))) {
            i++;
        }
        while (i < path.length() && !isSlash(path.charAt(i))) {
            i++;
        }
        return path.substring(i);
    }

    private static boolean isSlash(char c) {
        return c == '/' || c == '\\';
    }

    private static String withoutParameters(String path, char otherSlash) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        boolean cutting = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            cutting = c == ';' || cutting && c != '/' && c != otherSlash;
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
