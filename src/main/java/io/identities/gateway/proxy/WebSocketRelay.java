package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Opens WebSockets. Sends the client's own handshake to the backend first and relays any response to it; then joins
 * both sides until one closes, the token ends, or the stream idle time-out expires.
 */
final class WebSocketRelay {

    private final StreamRegistry streams;
    private final int maxFrame;
    private final Duration idleTimeout;

    WebSocketRelay(StreamRegistry streams, int maxFrame, Duration idleTimeout) {
        this.streams = streams;
        this.maxFrame = maxFrame;
        this.idleTimeout = idleTimeout;
    }

    /** Call as soon as the backend has accepted: its first frame may be in the same packet. */
    WebSocketTunnel begin(BackendCall call, Channel backend) {
        return new WebSocketTunnel(call.context().id(), maxFrame, backend);
    }

    /** Sends the head of {@code client}, which accepts the handshake; completes when it is written. */
    Mono<Void> answer(WebSocketTunnel tunnel, HttpServerResponse client) {
        client.withConnection(connection -> tunnel.connect(connection.channel(), idleTimeout));
        return client.sendHeaders().then();
    }

    /** Completes when both connections are closed. */
    Mono<Void> run(WebSocketTunnel tunnel, BackendCall call) {
        return tunnel.start().then(Mono.defer(() -> {
            StreamRegistry.Stream stream = streams.register(call.grant().token(), tunnel::end);
            return tunnel.over().doFinally(signal -> stream.forget());
        }));
    }
}
