package io.identities.gateway.server;

import static io.identities.gateway.server.WireGrammar.isBlank;
import static io.identities.gateway.server.WireGrammar.isIgnoringCase;

import io.identities.gateway.http.ProblemCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Judges one request head line by line, to the byte, and learns how the body is framed (RFC 9112 §2–6). Stricter than
 * the decoder behind it: nothing that two readers could understand differently gets through. Not thread-safe.
 */
final class RequestHead {

    private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /** A doubled one of these changes meaning with the reader: routing, framing, content, origin. */
    private static final String[] SINGLETONS = {"content-type", "origin", "expect"};

    private final Methods methods;
    private final ForwardAuthPath forwardAuth;

    private boolean http10;
    private boolean head;
    private boolean asksForwardAuth;
    private int hosts;
    private boolean lengthSeen;
    private boolean chunked;
    private long contentLength;
    private int singletonsSeen;
    private @Nullable String origin;
    private @Nullable ProblemCode unservable;

    RequestHead(Methods methods, ForwardAuthPath forwardAuth) {
        this.methods = methods;
        this.forwardAuth = forwardAuth;
    }

    void reset() {
        http10 = false;
        head = false;
        asksForwardAuth = false;
        hosts = 0;
        lengthSeen = false;
        chunked = false;
        contentLength = 0;
        singletonsSeen = 0;
        origin = null;
        unservable = null;
    }

    /**
     * Judges the request line. A target or method that cannot be served is told by {@link #end}, when the refusal can
     * name the request's {@code Origin}: browsers do send such targets.
     *
     * @param to the end, exclusive, without CR LF
     * @return why the request is refused; null when the line is well-formed
     */
    @Nullable ProblemCode requestLine(byte[] line, int to) {
        int methodEnd = WireGrammar.indexOf(line, (byte) ' ', 0, to);
        if (methodEnd < 0 || !WireGrammar.isToken(line, 0, methodEnd)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        int targetEnd = WireGrammar.indexOf(line, (byte) ' ', methodEnd + 1, to);
        if (targetEnd < 0 || !isVersion(line, targetEnd + 1, to)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        http10 = line[to - 1] == '0';
        head = isIgnoringCase(line, 0, methodEnd, "head");
        asksForwardAuth = forwardAuth.covers(line, methodEnd + 1, targetEnd);
        if (!methods.allows(line, methodEnd) && !asksForwardAuth) {
            unservable = ProblemCode.METHOD_NOT_ALLOWED;
        } else if (!WireGrammar.isOriginForm(line, methodEnd + 1, targetEnd)) {
            unservable = ProblemCode.AMBIGUOUS_REQUEST;
        }
        return null;
    }

    /** Judges one header line; the parameters and the result are those of {@link #requestLine}. */
    @Nullable ProblemCode field(byte[] line, int to) {
        int colon = WireGrammar.indexOf(line, (byte) ':', 0, to);
        if (colon < 0 || !WireGrammar.isToken(line, 0, colon)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        int from = colon + 1;
        int end = to;
        while (from < end && isBlank(line[from])) {
            from++;
        }
        while (end > from && isBlank(line[end - 1])) {
            end--;
        }
        if (!WireGrammar.isFieldValue(line, from, end)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        return meaning(line, colon, from, end);
    }

    /** Judges the head as a whole once its empty line is there. */
    @Nullable ProblemCode end() {
        if (unservable != null) {
            return unservable;
        }
        boolean hostMissing = hosts == 0 && !http10;
        boolean framedTwice = chunked && (lengthSeen || http10);
        return hostMissing || framedTwice ? ProblemCode.AMBIGUOUS_REQUEST : null;
    }

    boolean isHttp10() {
        return http10;
    }

    /** Whether it is another proxy that asks, as far as the request line has been read. */
    boolean asksForwardAuth() {
        return asksForwardAuth;
    }

    /** Whether the answer must not carry its body. */
    boolean isHead() {
        return head;
    }

    boolean isChunked() {
        return chunked;
    }

    /** The announced length of the body, 0 without one. */
    long contentLength() {
        return contentLength;
    }

    /** The {@code Origin} of the request as far as its head has been read. */
    @Nullable String origin() {
        return origin;
    }

    private @Nullable ProblemCode meaning(byte[] line, int nameEnd, int from, int to) {
        return switch (line[0] | 0x20) {
            case 'h' -> isIgnoringCase(line, 0, nameEnd, "host") ? host(line, from, to) : null;
            case 'c' ->
                isFramingName(line, nameEnd, "content-length")
                        ? line[7] == '-' ? length(line, from, to) : ProblemCode.AMBIGUOUS_REQUEST
                        : once(line, nameEnd, 0);
            case 't' -> {
                if (!isFramingName(line, nameEnd, "transfer-encoding")) {
                    yield null;
                }
                yield line[8] == '-' ? coding(line, from, to) : ProblemCode.AMBIGUOUS_REQUEST;
            }
            case 'o' -> origin(line, nameEnd, from, to);
            case 'e' -> expect(line, nameEnd, from, to);
            default -> null;
        };
    }

    private @Nullable ProblemCode host(byte[] line, int from, int to) {
        return ++hosts == 1 && WireGrammar.isHost(line, from, to) ? null : ProblemCode.AMBIGUOUS_REQUEST;
    }

    private @Nullable ProblemCode length(byte[] line, int from, int to) {
        if (lengthSeen || from == to || to - from > 18) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        lengthSeen = true;
        for (int i = from; i < to; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                return ProblemCode.AMBIGUOUS_REQUEST;
            }
            contentLength = contentLength * 10 + digit;
        }
        return null;
    }

    /** Only {@code chunked}, once: any other coding would travel on without its name. */
    private @Nullable ProblemCode coding(byte[] line, int from, int to) {
        if (chunked || !isIgnoringCase(line, from, to, "chunked")) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        chunked = true;
        return null;
    }

    private @Nullable ProblemCode origin(byte[] line, int nameEnd, int from, int to) {
        if (isIgnoringCase(line, 0, nameEnd, "origin")) {
            origin = new String(line, from, to - from, StandardCharsets.ISO_8859_1);
        }
        return once(line, nameEnd, 1);
    }

    private @Nullable ProblemCode expect(byte[] line, int nameEnd, int from, int to) {
        if (!isIgnoringCase(line, 0, nameEnd, "expect")) {
            return null;
        }
        ProblemCode doubled = once(line, nameEnd, 2);
        if (doubled != null || http10) {
            return doubled;
        }
        return isIgnoringCase(line, from, to, "100-continue") ? null : ProblemCode.EXPECTATION_FAILED;
    }

    private @Nullable ProblemCode once(byte[] line, int nameEnd, int singleton) {
        if (!isIgnoringCase(line, 0, nameEnd, SINGLETONS[singleton])) {
            return null;
        }
        int bit = 1 << singleton;
        boolean seen = (singletonsSeen & bit) != 0;
        singletonsSeen |= bit;
        return seen ? ProblemCode.AMBIGUOUS_REQUEST : null;
    }

    /** Also true for {@code Content_Length} and its like, which gateways of the CGI family read as the real one. */
    private static boolean isFramingName(byte[] line, int nameEnd, String name) {
        if (nameEnd != name.length()) {
            return false;
        }
        for (int i = 0; i < nameEnd; i++) {
            char wanted = name.charAt(i);
            int found =
                    line[i] == '_' || line[i] == '.' ? '-' : line[i] >= 'A' && line[i] <= 'Z' ? line[i] + 32 : line[i];
            if (found != wanted) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVersion(byte[] line, int from, int to) {
        if (to - from != 8 || line[to - 1] != '1' && line[to - 1] != '0') {
            return false;
        }
        for (int i = 0; i < HTTP_1.length; i++) {
            if (line[from + i] != HTTP_1[i]) {
                return false;
            }
        }
        return true;
    }
}
