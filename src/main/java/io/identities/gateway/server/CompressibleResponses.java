package io.identities.gateway.server;

import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Which responses may be compressed where Boot's compression is switched on: no partial content, whose range counts
 * bytes of the uncompressed whole (RFC 9110 section 14.4); none that client or backend forbid to transform (section
 * 7.7); none with a strong validator, which must not name two byte sequences (section 8.8.1).
 */
final class CompressibleResponses implements BiPredicate<HttpServerRequest, HttpServerResponse> {

    /**
     * Evaluated last, for responses that would otherwise be compressed if the client accepts it: these get a
     * {@code Vary} header.
     */
    @Override
    public boolean test(HttpServerRequest request, HttpServerResponse response) {
        HttpHeaders headers = response.responseHeaders();
        if (HttpResponseStatus.PARTIAL_CONTENT.equals(response.status())
                || headers.contains(HttpHeaderNames.CONTENT_ENCODING)
                || isStrong(headers.get(HttpHeaderNames.ETAG))
                || forbidsTransformation(headers)
                || forbidsTransformation(request.requestHeaders())) {
            return false;
        }
        if (!headers.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING, true)) {
            headers.add(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
        }
        // A later range response is uncompressed and would not fit a compressed one.
        headers.remove(HttpHeaderNames.ACCEPT_RANGES);
        return true;
    }

    private static boolean isStrong(@Nullable String validator) {
        return validator != null && !validator.startsWith("W/");
    }

    private static boolean forbidsTransformation(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.CACHE_CONTROL)
                && HttpGrammar.elements(headers.getAll(HttpHeaderNames.CACHE_CONTROL)).stream()
                        .anyMatch(HttpHeaderValues.NO_TRANSFORM::contentEqualsIgnoreCase);
    }
}
