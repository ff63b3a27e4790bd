package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.identities.gateway.token.AccessToken;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.RequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Closes WebSockets on custom routes for the same reasons as {@link WebSocketRelay}. */
final class CustomRouteWebSockets implements RequestUpgradeStrategy {

    private final RequestUpgradeStrategy stock;
    private final StreamRegistry streams;

    CustomRouteWebSockets(RequestUpgradeStrategy stock, StreamRegistry streams) {
        this.stock = stock;
        this.streams = streams;
    }

    @Override
    public Mono<Void> upgrade(
            ServerWebExchange exchange,
            WebSocketHandler handler,
            @Nullable String subProtocol,
            Supplier<HandshakeInfo> handshake) {
        AccessGrant grant = AccessGrant.find(exchange);
        AccessToken token = grant == null ? null : grant.token();
        return stock.upgrade(exchange, session -> watch(handler, session, token), subProtocol, handshake);
    }

    private Mono<Void> watch(WebSocketHandler handler, WebSocketSession session, @Nullable AccessToken token) {
        return Mono.defer(() -> {
            StreamRegistry.Stream stream = streams.register(token, reason -> close(session, reason));
            return handler.handle(session).doFinally(signal -> stream.forget());
        });
    }

    private static void close(WebSocketSession session, CloseReason reason) {
        session.close(new CloseStatus(reason.code(), reason.text()))
                .onErrorComplete()
                .subscribe();
    }
}
