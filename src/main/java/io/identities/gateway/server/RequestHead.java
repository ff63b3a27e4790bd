package io.identities.gateway.server;

import static io.identities.gateway.server.HttpMessageGrammar.isBlank;
import static io.identities.gateway.server.HttpMessageGrammar.isIgnoringCase;

import io.identities.gateway.http.ProblemCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Checks one request head line by line and determines how the body is framed (RFC 9112 §2–6). Stricter than the decoder
 * after it: refuses everything that two readers could interpret differently. Not thread-safe.
 */
final class RequestHead {

    private static final byte[] HTTP_1 = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /**
     * A duplicate of one of these means different things to different readers: content, origin, framing. One bit each.
     */
    private static final int CONTENT_TYPE = 1;

    private static final int ORIGIN = 1 << 1;
    private static final int EXPECT = 1 << 2;

    private final Methods methods;
    private final ForwardAuthPath forwardAuth;
    private final BodyFraming body = new BodyFraming();

    private boolean http10;
    private boolean head;
    private boolean asksForwardAuth;
    private int hosts;
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
        body.reset();
        singletonsSeen = 0;
        origin = null;
        unservable = null;
    }

    /**
     * Checks the request line. An unsupported target or method is reported by {@link #end}, when the {@code Origin} is
     * known and the refusal can carry CORS headers: browsers do send such targets.
     *
     * @param to the end, exclusive, without CR LF
     * @return why the request is refused; null when the line is well-formed
     */
    @Nullable ProblemCode requestLine(byte[] line, int to) {
        int methodEnd = HttpMessageGrammar.indexOf(line, (byte) ' ', 0, to);
        if (methodEnd < 0 || !HttpMessageGrammar.isToken(line, 0, methodEnd)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        int targetEnd = HttpMessageGrammar.indexOf(line, (byte) ' ', methodEnd + 1, to);
        if (targetEnd < 0 || !isVersion(line, targetEnd + 1, to)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        http10 = line[to - 1] == '0';
        head = isIgnoringCase(line, 0, methodEnd, "head");
        asksForwardAuth = forwardAuth.covers(line, methodEnd + 1, targetEnd);
        if (!methods.allows(line, methodEnd) && !asksForwardAuth) {
            unservable = ProblemCode.METHOD_NOT_ALLOWED;
        } else if (!HttpMessageGrammar.isOriginForm(line, methodEnd + 1, targetEnd)) {
            unservable = ProblemCode.AMBIGUOUS_REQUEST;
        }
        return null;
    }

    /** Checks one header line; parameters and result as in {@link #requestLine}. */
    @Nullable ProblemCode field(byte[] line, int to) {
        int colon = HttpMessageGrammar.indexOf(line, (byte) ':', 0, to);
        if (colon < 0 || !HttpMessageGrammar.isToken(line, 0, colon)) {
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
        if (!HttpMessageGrammar.isFieldValue(line, from, end)) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        return meaning(line, colon, from, end);
    }

    /** Checks the head as a whole after its empty line. */
    @Nullable ProblemCode end() {
        if (unservable != null) {
            return unservable;
        }
        boolean hostMissing = hosts == 0 && !http10;
        return hostMissing || body.isAmbiguous(http10) ? ProblemCode.AMBIGUOUS_REQUEST : null;
    }

    boolean isHttp10() {
        return http10;
    }

    /** Whether the request is for forward-auth, as far as the request line has been read. */
    boolean asksForwardAuth() {
        return asksForwardAuth;
    }

    /** Whether the response must not have a body. */
    boolean isHead() {
        return head;
    }

    /** The framing of the body, as far as the head has been read. */
    BodyFraming body() {
        return body;
    }

    /** The {@code Origin} of the request as far as its head has been read. */
    @Nullable String origin() {
        return origin;
    }

    private @Nullable ProblemCode meaning(byte[] line, int nameEnd, int from, int to) {
        return switch (line[0] | 0x20) {
            case 'h' -> isIgnoringCase(line, 0, nameEnd, "host") ? host(line, from, to) : null;
            case 'c' ->
                isIgnoringCase(line, 0, nameEnd, "content-type")
                        ? once(CONTENT_TYPE)
                        : body.field(line, nameEnd, from, to);
            case 't' -> body.field(line, nameEnd, from, to);
            case 'o' -> isIgnoringCase(line, 0, nameEnd, "origin") ? origin(line, from, to) : null;
            case 'e' -> isIgnoringCase(line, 0, nameEnd, "expect") ? expect(line, from, to) : null;
            default -> null;
        };
    }

    private @Nullable ProblemCode host(byte[] line, int from, int to) {
        return ++hosts == 1 && HttpMessageGrammar.isHost(line, from, to) ? null : ProblemCode.AMBIGUOUS_REQUEST;
    }

    private @Nullable ProblemCode origin(byte[] line, int from, int to) {
        origin = new String(line, from, to - from, StandardCharsets.ISO_8859_1);
        return once(ORIGIN);
    }

    private @Nullable ProblemCode expect(byte[] line, int from, int to) {
        ProblemCode doubled = once(EXPECT);
        if (doubled != null || http10) {
            return doubled;
        }
        return isIgnoringCase(line, from, to, "100-continue") ? null : ProblemCode.EXPECTATION_FAILED;
    }

    private @Nullable ProblemCode once(int singleton) {
        boolean seen = (singletonsSeen & singleton) != 0;
        singletonsSeen |= singleton;
        return seen ? ProblemCode.AMBIGUOUS_REQUEST : null;
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
