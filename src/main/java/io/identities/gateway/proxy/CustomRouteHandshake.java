package io.identities.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/** The handshake on custom routes without the token, because the framework's filters forward all sub-protocols. */
final class CustomRouteHandshake {

    private static final String SUBPROTOCOLS = HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL.toString();

    private CustomRouteHandshake() {}

    /** {@code exchange} itself if no token was sent as a sub-protocol. */
    static ServerWebExchange withoutToken(ServerWebExchange exchange) {
        AccessGrant grant = AccessGrant.find(exchange);
        SubprotocolOffer offer = grant == null ? null : grant.offer();
        if (offer == null) {
            return exchange;
        }
        if (offer.others().isEmpty()) {
            // A browser accepts a handshake without a sub-protocol only if it has offered none.
            exchange.getResponse().getHeaders().set(SUBPROTOCOLS, offer.marker());
        }
        return exchange.mutate()
                .request(request -> request.headers(replace(offer)))
                .build();
    }

    private static Consumer<HttpHeaders> replace(SubprotocolOffer offer) {
        return headers -> {
            headers.remove(SUBPROTOCOLS);
            if (!offer.others().isEmpty()) {
                headers.set(SUBPROTOCOLS, String.join(", ", offer.others()));
            }
        };
    }
}
