package io.identities.gateway.access;

/** UTF-8 sequences written as percent escapes. */
final class Utf8Escapes {

    private Utf8Escapes() {}

    /** The byte of the escape at {@code i}, or -1 when there is none before {@code end}. */
    static int byteAt(String text, int i, int end) {
        if (i + 2 >= end || text.charAt(i) != '%') {
            return -1;
        }
        int high = hex(text.charAt(i + 1));
        int low = hex(text.charAt(i + 2));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** The code point of the well-formed sequence (RFC 3629: shortest form, no surrogate) that starts at {@code i}, or -1. */
    static int codePointAt(String text, int i, int end) {
        int lead = byteAt(text, i, end);
        int bytes = sequenceLength(lead);
        if (lead < 0x80 || bytes > 4) {
            return lead < 0x80 ? lead : -1;
        }
        int codePoint = lenientCodePoint(text, i, end, lead, bytes);
        return isWellFormed(codePoint, bytes) ? codePoint : -1;
    }

    /** How many characters the shortest escaped form of {@code codePoint} takes. */
    static int length(int codePoint) {
        return codePoint < 0x80 ? 3 : codePoint < 0x800 ? 6 : codePoint < 0x10000 ? 9 : 12;
    }

    /**
     * How many escapes a lenient reader takes as one sequence: as many as the lead byte announces, or just the lead.
     */
    static int lenientLength(String text, int i, int lead) {
        int bytes = sequenceLength(lead);
        return lenientCodePoint(text, i, text.length(), lead, bytes) < 0 ? 1 : bytes;
    }

    /**
     * The value of a sequence, overlong and five- or six-byte forms included, or -1. After the lead bytes C0 and C1 any
     * byte is accepted, as old readers do.
     */
    static int lenientCodePoint(String text, int i, int end, int lead, int bytes) {
        if (bytes == 1) {
            return lead < 0x80 ? lead : -1;
        }
        int value = lead & 0x7F >> bytes;
        for (int k = 1; k < bytes; k++) {
            int next = byteAt(text, i + 3 * k, end);
            boolean continues = next >= 0 && ((next & 0xC0) == 0x80 || lead <= 0xC1);
            if (!continues) {
                return -1;
            }
            value = value << 6 | next & 0x3F;
        }
        return value > Character.MAX_CODE_POINT || value < 0 ? -1 : value;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private static int sequenceLength(int lead) {
        if (lead < 0xC0 || lead > 0xFD) {
            return 1;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : lead < 0xFC ? 5 : 6;
    }

    private static boolean isWellFormed(int codePoint, int bytes) {
        if (codePoint < 0x80 || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            return false;
        }
        return length(codePoint) == 3 * bytes;
    }
}
