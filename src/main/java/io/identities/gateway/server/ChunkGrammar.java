package io.identities.gateway.server;

import static io.identities.gateway.server.HttpMessageGrammar.isIgnoringCase;

import java.util.List;

/**
 * The lines between the data of a chunked body (RFC 9112 §7.1), checked byte by byte; where the RFC permits leniency,
 * the line is refused.
 */
final class ChunkGrammar {

    static final int INVALID = -1;

    /** Fields that would affect framing, routing or the access decision after the fact (RFC 9110 §6.5.1). */
    private static final List<String> FORBIDDEN_TRAILERS = List.of(
            "content-length",
            "transfer-encoding",
            "host",
            "trailer",
            "connection",
            "expect",
            "authorization",
            "proxy-authorization",
            "cookie");

    private ChunkGrammar() {}

    /**
     * The size that a chunk line announces, {@link #INVALID} for anything but hexadecimal digits and well-formed
     * extensions right behind them.
     */
    static int size(byte[] line, int to) {
        long size = 0;
        int at = 0;
        for (; at < to && line[at] > 0 && HttpMessageGrammar.hex(line[at]) >= 0; at++) {
            size = size * 16 + HttpMessageGrammar.hex(line[at]);
            if (size > Integer.MAX_VALUE) {
                return INVALID;
            }
        }
        boolean plain = at > 0 && at == to;
        return plain || at > 0 && areExtensions(line, at, to) ? (int) size : INVALID;
    }

    static boolean isTrailer(byte[] line, int to) {
        int colon = HttpMessageGrammar.indexOf(line, (byte) ':', 0, to);
        if (colon < 0
                || !HttpMessageGrammar.isToken(line, 0, colon)
                || !HttpMessageGrammar.isFieldValue(line, colon + 1, to)) {
            return false;
        }
        for (String forbidden : FORBIDDEN_TRAILERS) {
            if (isIgnoringCase(line, 0, colon, forbidden)) {
                return false;
            }
        }
        return true;
    }

    /** {@code *( ";" name [ "=" ( token / quoted-string ) ] )}, blanks only after a semicolon. */
    private static boolean areExtensions(byte[] line, int from, int to) {
        int at = from;
        while (at < to) {
            if (line[at] != ';') {
                return false;
            }
            at = blanksEnd(line, at + 1, to);
            int nameEnd = tokenEnd(line, at, to);
            if (nameEnd == at) {
                return false;
            }
            at = nameEnd;
            if (at < to && line[at] == '=') {
                int valueEnd = valueEnd(line, at + 1, to);
                if (valueEnd < 0) {
                    return false;
                }
                at = valueEnd;
            }
        }
        return true;
    }

    private static int valueEnd(byte[] line, int from, int to) {
        if (from >= to || line[from] != '"') {
            int end = tokenEnd(line, from, to);
            return end == from ? INVALID : end;
        }
        for (int i = from + 1; i < to; i++) {
            if (line[i] == '"') {
                return i + 1;
            }
            if (line[i] == '\\') {
                i++;
            }
            if (i < to && !HttpMessageGrammar.isFieldValue(line, i, i + 1)) {
                return INVALID;
            }
        }
        return INVALID;
    }

    private static int tokenEnd(byte[] line, int from, int to) {
        int at = from;
        while (at < to && HttpMessageGrammar.isToken(line, at, at + 1)) {
            at++;
        }
        return at;
    }

    private static int blanksEnd(byte[] line, int from, int to) {
        int at = from;
        while (at < to && HttpMessageGrammar.isBlank(line[at])) {
            at++;
        }
        return at;
    }
}
