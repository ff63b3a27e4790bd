package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.http.ProblemCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks an HTTP/2 request head against the same grammar as {@link RequestHead}; the codec has already validated
 * pseudo-headers and names (RFC 9113 §8).
 */
final class Http2Head {

    /** A duplicate of one of these means different things to different readers: content, origin, framing. */
    private static final List<AsciiString> SINGLETONS =
            List.of(HttpHeaderNames.CONTENT_TYPE, HttpHeaderNames.ORIGIN, HttpHeaderNames.EXPECT);

    private final Methods methods;
    private final ForwardAuthPath forwardAuth;

    Http2Head(Methods methods, ForwardAuthPath forwardAuth) {
        this.methods = methods;
        this.forwardAuth = forwardAuth;
    }

    /** @return why the request is refused; null when it is well-formed */
    @Nullable ProblemCode judge(Http2Headers headers) {
        byte[] method = bytes(headers.method());
        byte[] path = bytes(headers.path());
        if (forwardAuth.covers(path, 0, path.length)) {
            // CONNECT has no path in HTTP/2, and the codec after this handler would take the authority for the target.
            boolean connect = "CONNECT".contentEquals(headers.method());
            ProblemCode problem = connect ? ProblemCode.METHOD_NOT_ALLOWED : problem(headers, path);
            return problem == null ? null : ForwardAuthPath.denial(problem);
        }
        return methods.allows(method, method.length) ? problem(headers, path) : ProblemCode.METHOD_NOT_ALLOWED;
    }

    private static @Nullable ProblemCode problem(Http2Headers headers, byte[] path) {
        List<CharSequence> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        boolean clear = HttpMessageGrammar.isOriginForm(path, 0, path.length)
                && isAuthorityClear(headers)
                && isLengthClear(lengths)
                && areSingle(headers)
                && areValues(headers);
        if (!clear) {
            return ProblemCode.AMBIGUOUS_REQUEST;
        }
        CharSequence expect = headers.get(HttpHeaderNames.EXPECT);
        boolean met = expect == null || "100-continue".equalsIgnoreCase(expect.toString());
        return met ? null : ProblemCode.EXPECTATION_FAILED;
    }

    /** {@code Host} is allowed beside {@code :authority} when both say the same. */
    private static boolean isAuthorityClear(Http2Headers headers) {
        CharSequence authority = headers.authority();
        List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || authority == null && hosts.isEmpty()) {
            return false;
        }
        byte[] name = bytes(authority == null ? hosts.get(0) : authority);
        boolean agree = authority == null
                || hosts.isEmpty()
                || authority.toString().equalsIgnoreCase(hosts.get(0).toString());
        return agree && HttpMessageGrammar.isHost(name, 0, name.length);
    }

    private static boolean isLengthClear(List<CharSequence> lengths) {
        if (lengths.isEmpty()) {
            return true;
        }
        byte[] length = bytes(lengths.get(0));
        return lengths.size() == 1 && HttpMessageGrammar.length(length, 0, length.length) >= 0;
    }

    private static boolean areSingle(Http2Headers headers) {
        return SINGLETONS.stream().noneMatch(name -> headers.getAll(name).size() > 1);
    }

    private static boolean areValues(Http2Headers headers) {
        for (var header : headers) {
            byte[] value = bytes(header.getValue());
            if (!HttpMessageGrammar.isFieldValue(value, 0, value.length)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(@Nullable CharSequence text) {
        return text == null ? new byte[0] : text.toString().getBytes(UTF_8);
    }
}
