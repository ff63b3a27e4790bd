package io.identities.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** Recognises a complete opening handshake (RFC 6455 section 4.2.1); anything short of it is plain HTTP. */
final class WebSocketHandshake {

    private static final int KEY_LENGTH = 24;

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
