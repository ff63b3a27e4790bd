package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.HopByHop;
import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The trailer fields that a response announces, without those that affect framing, caching, access decisions or the
 * interpretation of the content (RFC 9110 section 6.5.1).
 */
final class ResponseTrailers {

    private static final HeaderNameTable<Boolean> FORBIDDEN = HeaderNameTable.ofNames(
            HopByHop.NAMES,
            "content-length",
            "content-encoding",
            "content-type",
            "content-range",
            "host",
            "expect",
            "set-cookie",
            "www-authenticate",
            "authorization",
            "age",
            "cache-control",
            "pragma",
            "date",
            "expires",
            "location",
            "retry-after",
            "vary",
            "warning",
            "content-security-policy",
            "strict-transport-security",
            "x-content-type-options",
            "x-frame-options");
    private static final String CORS = "access-control-";

    private ResponseTrailers() {}

    /** Copies the trailers of {@code answer} to {@code out}. */
    static void relay(HttpClientResponse answer, HttpServerResponse out) {
        List<String> announced = announced(answer.responseHeaders(), out.responseHeaders());
        if (announced.isEmpty()) {
            return;
        }
        out.addHeader(HttpHeaderNames.TRAILER, String.join(", ", announced));
        // Evaluated at the end of the body, when the backend's trailers are known.
        out.trailerHeaders(written -> answer.trailerHeaders().subscribe(read -> copy(announced, read, written)));
    }

    private static List<String> announced(HttpHeaders theirs, HttpHeaders ours) {
        return HttpGrammar.elements(theirs.getAll(HttpHeaderNames.TRAILER)).stream()
                .filter(name -> !name.isEmpty() && isAllowed(name) && !ours.contains(name))
                .toList();
    }

    private static boolean isAllowed(String name) {
        return !FORBIDDEN.contains(name) && !HeaderName.startsWith(name, CORS);
    }

    private static void copy(List<String> announced, HttpHeaders read, HttpHeaders written) {
        for (String name : announced) {
            written.add(name, read.getAll(name));
        }
    }
}
