package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One of the two connections of a WebSocket: reads as fast as the other end accepts. Every field is bound to the
 * connection's event loop; each end notifies the other on that one's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class TunnelEndHandler extends ChannelInboundHandlerAdapter {

    private final WebSocketTunnel tunnel;
    private final boolean server;
    private final TunnelInput input;
    private final TunnelOutput output;

    private boolean paused;

    /** @param server whether the peer on this connection is the WebSocket's server */
    TunnelEndHandler(WebSocketTunnel tunnel, FrameScanner scanner, boolean server) {
        this.tunnel = tunnel;
        this.server = server;
        this.input = new TunnelInput(this, scanner);
        this.output = new TunnelOutput(server);
    }

    Channel channel() {
        return output.context().channel();
    }

    TunnelOutput own() {
        return output;
    }

    TunnelOutput other() {
        return peer().output;
    }

    void violated(CloseReason violation) {
        tunnel.violated(server, violation);
    }

    /** Begins to forward what has been read and to read on; until then nothing further is read. */
    void start() {
        output.run(() -> {
            input.start();
            other().flush();
            readNext();
        });
    }

    /**
     * Forwards nothing after the current frame. {@link #finish} must follow once that holds for both ends: after a peer
     * has got a close frame, nothing of it may be forwarded.
     *
     * @param then runs as soon as that holds
     */
    void stop(CloseReason reason, Runnable then) {
        boolean attached = output.run(() -> {
            input.stop(reason);
            then.run();
        });
        if (!attached) {
            then.run();
        }
    }

    /** Closes the other end with the reason of the stop, after the current frame to it. */
    void finish() {
        output.run(input::finish);
    }

    /** Resumes reading if the other end had paused it. */
    void readAgain() {
        output.run(() -> {
            if (paused) {
                paused = false;
                output.context().read();
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        output.attach(ctx);
        ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(msg);
            return;
        }
        input.add(ctx.alloc(), bytes);
    }

    /** Not propagated: a decoder after this handler would request more reads by itself. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (input.isStarted()) {
            other().flush();
            readNext();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        peer().readAgain();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        input.drop();
        output.gone();
        input.lost();
        peer().readAgain();
        if (!server) {
            // The HTTP client would take it for an aborted response and log a warning.
            ctx.fireChannelInactive();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        input.drop();
    }

    private void readNext() {
        if (input.isOver() || other().takesMore()) {
            output.context().read();
        } else {
            paused = true;
        }
    }

    private TunnelEndHandler peer() {
        return tunnel.peerOf(this);
    }
}
