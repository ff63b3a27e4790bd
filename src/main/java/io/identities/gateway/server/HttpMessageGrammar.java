package io.identities.gateway.server;

import io.identities.gateway.http.HttpGrammar;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;

/**
 * Which bytes are allowed in which part of an HTTP/1.1 message (RFC 9110 §5.5–5.6, RFC 9112, RFC 3986). Stateless
 * tables.
 */
final class HttpMessageGrammar {

    private static final boolean[] TOKEN = table(HttpGrammar.TOKEN_MARKS);
    private static final boolean[] PATH = table("-._~!$&'()*+,;=:@/%");
    private static final boolean[] QUERY = table("-._~!$&'()*+,;=:@/%?[]");

    /** Without the comma: a reader that joins lines turns two hosts into {@code a,b}. */
    private static final boolean[] REG_NAME = table("-._~!$&'()*+;=");

    private static final boolean[] IP_LITERAL = table(":.");

    /** The number of digits that always fits into a {@code long}. */
    private static final int MAX_LENGTH_DIGITS = 18;

    private HttpMessageGrammar() {}

    static boolean isToken(byte[] line, int from, int to) {
        return to > from && all(TOKEN, line, from, to);
    }

    /** Visible characters, blanks, tabs and bytes above 0x7f; no other control character. */
    static boolean isFieldValue(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Origin-form: an absolute path and an optional query, every escape two hexadecimal digits. */
    static boolean isOriginForm(byte[] line, int from, int to) {
        if (from >= to || line[from] != '/') {
            return false;
        }
        boolean[] allowed = PATH;
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b == '?') {
                allowed = QUERY;
            } else if (b < 0 || !allowed[b] || b == '%' && !isEscape(line, i, to)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A host of RFC 3986 without user information, with an optional port up to 65535. Refuses an empty port and a
     * bracketed address that is not IPv6, because the server would do so without a body.
     */
    static boolean isHost(byte[] line, int from, int to) {
        int colon = to;
        if (from < to && line[from] == '[') {
            int close = indexOf(line, (byte) ']', from, to);
            if (close < 0 || !isIpv6(line, from + 1, close)) {
                return false;
            }
            colon = close + 1;
        } else {
            int found = indexOf(line, (byte) ':', from, to);
            colon = found < 0 ? to : found;
            if (colon == from || !all(REG_NAME, line, from, colon)) {
                return false;
            }
        }
        return colon == to || line[colon] == ':' && isPort(line, colon + 1, to);
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static int indexOf(byte[] line, byte wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the bytes equal {@code lowerCase}, ignoring case. */
    static boolean isIgnoringCase(byte[] line, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            if (lower(line[from + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The value of {@code Content-Length} in bytes; -1 for anything but 1 to 18 digits. */
    static long length(byte[] line, int from, int to) {
        if (from == to || to - from > MAX_LENGTH_DIGITS) {
            return -1;
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            length = length * 10 + digit;
        }
        return length;
    }

    static int hex(byte b) {
        return Character.digit((char) (b & 0xff), 16);
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    private static boolean isEscape(byte[] line, int at, int to) {
        return at + 2 < to && isHex(line[at + 1]) && isHex(line[at + 2]);
    }

    private static boolean isHex(byte b) {
        return b > 0 && hex(b) >= 0;
    }

    /** Without a zone, which is meaningful on one machine only. */
    private static boolean isIpv6(byte[] line, int from, int to) {
        return all(IP_LITERAL, line, from, to)
                && NetUtil.isValidIpV6Address(new String(line, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private static boolean isPort(byte[] line, int from, int to) {
        int port = 0;
        for (int i = from; i < to; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = Math.min(port * 10 + digit, 65_536);
        }
        return to > from && port <= 65_535;
    }

    private static boolean all(boolean[] allowed, byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b < 0 || !allowed[b]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] table(String marks) {
        boolean[] table = new boolean[128];
        for (char c = 0; c < 128; c++) {
            boolean letterOrDigit = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            table[c] = letterOrDigit || marks.indexOf(c) >= 0;
        }
        return table;
    }
}
