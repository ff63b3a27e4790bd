package io.identities.gateway.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** The opening handshake (RFC 6455 section 4.2); a request with an incomplete one is plain HTTP. */
final class WebSocketHandshake {

    private static final int KEY_LENGTH = 24;
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketHandshake() {}

    static boolean isOpenedBy(HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        String upgrade = headers.get(HttpHeaderNames.UPGRADE);
        return upgrade != null
                && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade.strip())
                && request.method().equals(HttpMethod.GET)
                && request.version().equals(HttpVersion.HTTP_1_1)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && isComplete(headers);
    }

    /** Whether a server's 101 accepts this handshake and nothing that was not offered. */
    static boolean isAgreedTo(HttpHeaders request, HttpHeaders answer) {
        String upgrade = answer.get(HttpHeaderNames.UPGRADE);
        String key = request.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        String accept = answer.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        return upgrade != null
                && key != null
                && accept != null
                && HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(upgrade)
                && answer.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && accept.strip().equals(accept(key.strip()));
    }

    /** Turns {@code out}, which already holds the backend's other headers, into the head of a 101. */
    static void agree(HttpHeaders out, @Nullable SubprotocolOffer offer) {
        out.remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
        out.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        out.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        if (offer != null && !out.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            // A browser accepts a handshake without a sub-protocol only if it has offered none.
            out.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, offer.marker());
        }
    }

    private static String accept(String key) {
        return Base64.getEncoder().encodeToString(DigestUtils.sha1((key + ACCEPT_SUFFIX).getBytes(ISO_8859_1)));
    }

    private static boolean isComplete(HttpHeaders headers) {
        String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
        return key != null
                && key.strip().length() == KEY_LENGTH
                && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
                && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && hasNoBody(headers.get(HttpHeaderNames.CONTENT_LENGTH));
    }

    private static boolean hasNoBody(@Nullable String contentLength) {
        return contentLength == null || contentLength.equals("0");
    }
}
