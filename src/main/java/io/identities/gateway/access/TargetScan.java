package io.identities.gateway.access;

import io.identities.gateway.access.RequestTarget.Ambiguity;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a raw request-target.
 *
 * @param query index of the question mark, or -1
 * @param ambiguity null where there is none; the rest is then valid
 * @param plain whether the path is plain
 * @param escaped whether the path holds a percent escape
 */
record TargetScan(int query, @Nullable Ambiguity ambiguity, boolean plain, boolean escaped) {

    private static final byte FORBIDDEN = 0;
    private static final byte PCHAR = 1;
    private static final byte SLASH = 2;
    private static final byte SEMICOLON = 3;
    private static final byte DOT = 4;
    private static final byte PERCENT = 5;
    private static final byte QUESTION = 6;
    /** RFC 3986 forbids them in a query, but browsers send them and no reader misinterprets them. */
    private static final byte QUERY_ONLY = 7;

    private static final String PCHAR_MARKS = "-_~!$&'()*+,=:@";
    private static final byte[] KINDS = kinds();

    private static final TargetScan PLAIN = new TargetScan(-1, null, true, false);
    private static final TargetScan NOT_ORIGIN_FORM = ambiguous(Ambiguity.NOT_ORIGIN_FORM);
    private static final TargetScan FORBIDDEN_CHARACTER = ambiguous(Ambiguity.FORBIDDEN_CHARACTER);
    private static final TargetScan MALFORMED_ESCAPE = ambiguous(Ambiguity.MALFORMED_ESCAPE);
    private static final TargetScan DOT_SEGMENT = ambiguous(Ambiguity.DOT_SEGMENT);

    static TargetScan of(String target) {
        if (target.isEmpty() || target.charAt(0) != '/') {
            return NOT_ORIGIN_FORM;
        }
        int length = target.length();
        boolean plain = true;
        boolean escaped = false;
        boolean dotAtStart = false;
        int i = 1;
        for (; i < length; i++) {
            byte kind = kind(target.charAt(i));
            if (kind == PCHAR) {
                continue;
            }
            if (kind == QUESTION) {
                break;
            }
            switch (kind) {
                case SLASH -> plain &= target.charAt(i - 1) != '/';
                case SEMICOLON -> plain = false;
                case DOT -> dotAtStart |= target.charAt(i - 1) == '/';
                case PERCENT -> {
                    if (!isEscape(target, i)) {
                        return MALFORMED_ESCAPE;
                    }
                    escaped = true;
                }
                default -> {
                    return FORBIDDEN_CHARACTER;
                }
            }
        }
        if ((dotAtStart || escaped) && LoosePath.hasDotSegment(target.substring(0, i))) {
            return DOT_SEGMENT;
        }
        if (escaped) {
            plain &= hasPlainEscapes(target, i);
        }
        if (i == length) {
            return plain && !escaped ? PLAIN : new TargetScan(-1, null, plain, escaped);
        }
        TargetScan fault = faultOfQuery(target, i + 1);
        return fault != null ? fault : new TargetScan(i, null, plain, escaped);
    }

    private static @Nullable TargetScan faultOfQuery(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            byte kind = kind(target.charAt(i));
            if (kind == FORBIDDEN) {
                return FORBIDDEN_CHARACTER;
            }
            if (kind == PERCENT && !isEscape(target, i)) {
                return MALFORMED_ESCAPE;
            }
        }
        return null;
    }

    private static boolean isEscape(String text, int percent) {
        return Utf8Escapes.byteAt(text, percent, text.length()) >= 0;
    }

    /**
     * Whether every escape before {@code end} belongs to well-formed UTF-8 (RFC 3629) of a character that is not
     * {@code / \ . ; %} or a control. The escapes themselves are known to be complete.
     */
    private static boolean hasPlainEscapes(String path, int end) {
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

    private static boolean isExcluded(int codePoint) {
        return Character.isISOControl(codePoint)
                || codePoint == '/'
                || codePoint == '\\'
                || codePoint == '.'
                || codePoint == ';'
                || codePoint == '%';
    }

    private static byte kind(char c) {
        return c < KINDS.length ? KINDS[c] : FORBIDDEN;
    }

    private static TargetScan ambiguous(Ambiguity ambiguity) {
        return new TargetScan(-1, ambiguity, false, false);
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        for (char c = 'a'; c <= 'z'; c++) {
            kinds[c] = PCHAR;
            kinds[c - 'a' + 'A'] = PCHAR;
        }
        for (char c = '0'; c <= '9'; c++) {
            kinds[c] = PCHAR;
        }
        for (int i = 0; i < PCHAR_MARKS.length(); i++) {
            kinds[PCHAR_MARKS.charAt(i)] = PCHAR;
        }
        kinds['/'] = SLASH;
        kinds[';'] = SEMICOLON;
        kinds['.'] = DOT;
        kinds['%'] = PERCENT;
        kinds['?'] = QUESTION;
        kinds['['] = QUERY_ONLY;
        kinds[']'] = QUERY_ONLY;
        return kinds;
    }
}
