package io.identities.gateway.proxy;

import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * One request to the backend: the caller, and everything known of it besides its headers.
 *
 * @param method as the client sent it
 * @param contentLength of the body, -1 where it is chunked or absent
 * @param hasBody whether a body of one or more bytes may follow
 * @param webSocket whether it opens a WebSocket
 * @param eventStream whether the client asks for an event stream
 * @param trace the trace context of the gateway's own span; empty where there is none
 */
record BackendCall(
        RequestContext context,
        AccessGrant grant,
        HttpMethod method,
        InetAddress peer,
        String scheme,
        long contentLength,
        boolean hasBody,
        boolean webSocket,
        boolean eventStream,
        HttpHeaders trace) {

    static BackendCall of(RequestContext context, AccessGrant grant, HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        long length = length(headers.get(HttpHeaderNames.CONTENT_LENGTH));
        boolean chunked = length < 0 && headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        return new BackendCall(
                context,
                grant,
                request.method(),
                peer(request, context),
                request.connectionScheme(),
                length,
                chunked || length > 0,
                WebSocketHandshake.isOpenedBy(request),
                asksForEvents(headers.get(HttpHeaderNames.ACCEPT)),
                EmptyHttpHeaders.INSTANCE);
    }

    /** The same call within a span. */
    BackendCall traced(HttpHeaders span) {
        return new BackendCall(
                context, grant, method, peer, scheme, contentLength, hasBody, webSocket, eventStream, span);
    }

    /** Whether it may be sent a second time: a GET or HEAD without a body. */
    boolean isRepeatable() {
        return !hasBody && (method.equals(HttpMethod.GET) || isHead());
    }

    boolean isHead() {
        return method.equals(HttpMethod.HEAD);
    }

    /** Whether the response may last as long as the client stays connected. */
    boolean mayStream() {
        return eventStream || webSocket;
    }

    private static boolean asksForEvents(@Nullable String accept) {
        return accept != null && accept.regionMatches(true, 0, "text/event-stream", 0, 17);
    }

    private static InetAddress peer(HttpServerRequest request, RequestContext context) {
        InetSocketAddress remote = request.remoteAddress();
        return remote == null || remote.getAddress() == null ? context.client() : remote.getAddress();
    }

    /** The listener has already refused every length that is not a plain number. */
    private static long length(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
