package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One of the two connections of a WebSocket: reads as fast as the other end takes. Every field belongs to the
 * connection's event loop; ends tell each other on the other's.
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

    /** Begins to pass on what has been read and to read more; until then no more is read than has been. */
    void start() {
        output.run(() -> {
            input.start();
            other().flush();
            readOn();
        });
    }

    /**
     * Nothing but the frame under way goes on from here. {@link #finish} has to follow, once that holds for both ends: a
     * peer that is told already must not be heard any more.
     *
     * @param then runs as soon as it holds
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

    /** Closes the other end for the reason of the stop, after the frame that is under way to it. */
    void finish() {
        output.run(input::finish);
    }

    /** Reads on where the other end had kept it from that. */
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

    /** Goes no further: a decoder behind would ask for more on its own account. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (input.isStarted()) {
            other().flush();
            readOn();
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
            // To the HTTP client it would be an answer broken off, and worth a warning.
            ctx.fireChannelInactive();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        input.drop();
    }

    private void readOn() {
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
