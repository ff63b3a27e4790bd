package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * A WebSocket passed through frame by frame. The backend is asked first, so that a refused handshake stays an HTTP
 * answer; then both sides are joined until one closes, the token ends, or nothing moves for the stream idle time-out.
 */
final class WebSocketRelay {

    private static final int ABNORMAL = 1006;

    private final BackendClient backend;
    private final StreamRegistry streams;
    private final int maxFrame;
    private final Duration idleTimeout;

    WebSocketRelay(BackendClient backend, StreamRegistry streams, int maxFrame, Duration idleTimeout) {
        this.backend = backend;
        this.streams = streams;
        this.maxFrame = maxFrame;
        this.idleTimeout = idleTimeout;
    }

    /** Opens the backend's side, then the client's; completes when both are open, fails when one is refused. */
    Mono<Void> open(Inbound call, HttpServerRequest request, BackendAnswer answer) {
        WebsocketClientSpec.Builder spec =
                WebsocketClientSpec.builder().maxFramePayloadLength(maxFrame).handlePing(true);
        String offered = offered(call, request.requestHeaders());
        if (offered != null) {
            spec.protocols(offered);
        }
        return Mono.create(opened -> opened.onCancel(backend.openWebSocket(call, request, spec.build())
                .handle((in, out) -> answer.switchProtocols(client -> upgrade(call, client, new Side(in, out), opened)))
                .subscribe(end -> {}, opened::error)));
    }

    /** Completes {@code opened} with the client's handshake, and itself when the WebSocket is over. */
    private Mono<Void> upgrade(Inbound call, HttpServerResponse client, Side server, MonoSink<Void> opened) {
        Sinks.Empty<Void> over = Sinks.empty();
        return client.sendWebsocket(
                        (in, out) -> join(call, new Side(in, out), server)
                                .onErrorComplete()
                                .doFinally(signal -> over.tryEmitEmpty()),
                        serverSpec(call, server.in.selectedSubprotocol()))
                .doOnSuccess(handshake -> opened.success())
                .then(over.asMono());
    }

    private WebsocketServerSpec serverSpec(Inbound call, @Nullable String picked) {
        WebsocketServerSpec.Builder spec =
                WebsocketServerSpec.builder().maxFramePayloadLength(maxFrame).handlePing(true);
        SubprotocolOffer offer = call.passage().offer();
        if (picked != null && !picked.isEmpty()) {
            spec.protocols(picked);
        } else if (offer != null) {
            spec.protocols(offer.marker());
        }
        return spec.build();
    }

    private static @Nullable String offered(Inbound call, HttpHeaders headers) {
        SubprotocolOffer offer = call.passage().offer();
        List<String> protocols =
                offer == null ? headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL) : offer.others();
        return protocols.isEmpty() ? null : String.join(",", protocols).replace(" ", "");
    }

    private Mono<Void> join(Inbound call, Side client, Side server) {
        Sinks.One<CloseReason> ended = Sinks.one();
        StreamRegistry.Stream stream = streams.register(call.passage().token(), ended::tryEmitValue);
        client.in.withConnection(connection -> connection.addHandlerLast(new IdleClose(idleTimeout, ended)));
        // Closing one side makes its close status known, so each relay ends the other one: neither may be cancelled.
        Mono<Void> closes = Mono.when(relayClose(client, server), relayClose(server, client))
                .doFinally(signal -> ended.tryEmitEmpty());
        Mono<Void> endedByUs = ended.asMono().flatMap(reason -> closeBoth(client, server, reason));
        return Mono.when(closes, endedByUs, pump(client, server), pump(server, client))
                .doFinally(signal -> stream.forget());
    }

    /** Frames of one side to the other, one by one. One that is too big ends both. */
    private static Mono<Void> pump(Side from, Side to) {
        return to.out
                .sendObject(from.in.receiveFrames().map(WebSocketFrame::retain), frame -> true)
                .then()
                .onErrorResume(
                        CorruptedWebSocketFrameException.class,
                        tooBig -> closeBoth(from, to, CloseReason.FRAME_TOO_BIG))
                .onErrorResume(lost -> to.close(CloseReason.PEER_LOST));
    }

    /** Code and reason of one side to the other; a lost connection reads as 1011 there. */
    private static Mono<Void> relayClose(Side from, Side to) {
        return from.in
                .receiveCloseStatus()
                .defaultIfEmpty(WebSocketCloseStatus.ABNORMAL_CLOSURE)
                .flatMap(to::close);
    }

    private static Mono<Void> closeBoth(Side client, Side server, CloseReason reason) {
        return Mono.when(client.close(reason), server.close(reason));
    }

    private record Side(WebsocketInbound in, WebsocketOutbound out) {

        Mono<Void> close(CloseReason reason) {
            return out.sendClose(reason.code(), reason.text()).onErrorComplete();
        }

        Mono<Void> close(WebSocketCloseStatus status) {
            if (status.code() == WebSocketCloseStatus.EMPTY.code()) {
                return out.sendClose().onErrorComplete();
            }
            return status.code() == ABNORMAL
                    ? close(CloseReason.PEER_LOST)
                    : out.sendClose(status.code(), status.reasonText()).onErrorComplete();
        }
    }

    /** Ends a WebSocket in which neither side has said anything for too long. */
    private static final class IdleClose extends IdleStateHandler {

        private final Sinks.One<CloseReason> ended;

        IdleClose(Duration timeout, Sinks.One<CloseReason> ended) {
            super(0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
            this.ended = ended;
        }

        @Override
        protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
            ended.tryEmitValue(CloseReason.GOING_AWAY);
        }
    }
}
