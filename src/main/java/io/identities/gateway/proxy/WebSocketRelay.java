package io.identities.gateway.proxy;

import io.netty.channel.Channel;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Opens WebSockets. The backend is asked first, with the client's own handshake, so that its answer is the client's
 * whatever it is; then both sides are joined until one closes, the token ends, or nothing moves for the stream idle
 * time-out.
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

    /** To be called as soon as the backend has agreed: its first frame may be in the same packet. */
    WebSocketTunnel begin(BackendCall call, Channel backend) {
        return new WebSocketTunnel(call.context().id(), maxFrame, backend);
    }

    /** Sends the head of {@code client}, which agrees to the handshake; completes when it is written. */
    Mono<Void> answer(WebSocketTunnel tunnel, HttpServerResponse client) {
        client.withConnection(connection -> tunnel.connect(connection.channel(), idleTimeout));
        return client.sendHeaders().then();
    }

    /** Completes when both connections are gone. */
    Mono<Void> run(WebSocketTunnel tunnel, BackendCall call) {
        return tunnel.start().then(Mono.defer(() -> {
            StreamRegistry.Stream stream = streams.register(call.grant().token(), tunnel::end);
            return tunnel.over().doFinally(signal -> stream.forget());
        }));
    }
}
