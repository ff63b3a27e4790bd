package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.FutureMono;
import reactor.netty.NettyPipeline;

/**
 * The two connections of one WebSocket, joined below HTTP. Client and backend negotiate extensions and sub-protocols
 * directly: frames are neither buffered nor rewritten. Thread-safe.
 */
final class WebSocketTunnel {

    private static final Logger log = LoggerFactory.getLogger(WebSocketTunnel.class);
    private static final String END = "identities.webSocket";
    private static final String IDLE = "identities.webSocketIdle";

    private final String requestId;
    private final int maxFrame;
    private final TunnelEndHandler client;
    private final TunnelEndHandler backend;

    /**
     * Takes over the connection to the backend, of which nothing after the handshake may have been read yet.
     *
     * @param requestId for the log
     * @param maxFrame the largest payload of one frame, in both directions
     */
    WebSocketTunnel(String requestId, int maxFrame, Channel backend) {
        this.requestId = requestId;
        this.maxFrame = maxFrame;
        this.client = new TunnelEndHandler(this, new FrameScanner(true, maxFrame), false);
        this.backend = new TunnelEndHandler(this, new FrameScanner(false, maxFrame), true);
        backend.pipeline().addAfter(BackendConnectionHandler.NAME, END, this.backend);
    }

    /** Takes over the connection of the client, before the response to its handshake. */
    void connect(Channel channel, Duration idleTimeout) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(NettyPipeline.HttpCodec, END, client);
        pipeline.addBefore(END, IDLE, new IdleClose(idleTimeout));
    }

    /**
     * Starts to forward frames after the client's handshake is complete. Deferred, because the HTTP codec of the
     * backend's connection may still be delivering the response and cannot handle frames.
     */
    Mono<Void> start() {
        return Mono.<Void>fromRunnable(() -> {
                    client.start();
                    backend.start();
                })
                .subscribeOn(Schedulers.fromExecutorService(backend.channel().eventLoop()));
    }

    /** Closes both sides, each after the current frame to it. */
    void end(CloseReason reason) {
        end(client, reason);
    }

    /** Completes when both connections are closed. */
    Mono<Void> over() {
        return FutureMono.from(client.channel().closeFuture())
                .and(FutureMono.from(backend.channel().closeFuture()));
    }

    TunnelEndHandler peerOf(TunnelEndHandler end) {
        return end == client ? backend : client;
    }

    void violated(boolean byBackend, CloseReason reason) {
        String side = byBackend ? "backend" : "client";
        if (reason == CloseReason.FRAME_TOO_BIG) {
            log.warn(
                    "WebSocket {} ended: a frame of the {} is larger than identities.proxy.max-websocket-frame ({} bytes)",
                    requestId,
                    side,
                    maxFrame);
        } else {
            log.debug("WebSocket {} ended: the {} broke the rules of RFC 6455", requestId, side);
        }
        end(byBackend ? backend : client, reason);
    }

    private void end(TunnelEndHandler first, CloseReason reason) {
        TunnelEndHandler second = peerOf(first);
        first.stop(
                reason,
                () -> second.stop(reason, () -> {
                    client.finish();
                    backend.finish();
                }));
    }

    /** Closes a WebSocket in which neither side has sent anything for the idle time-out. */
    private final class IdleClose extends IdleStateHandler {

        IdleClose(Duration timeout) {
            super(0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
            end(CloseReason.GOING_AWAY);
        }
    }
}
