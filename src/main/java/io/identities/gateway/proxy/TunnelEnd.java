package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * One of the two connections of a WebSocket. What is read here is written to the other end as it is, up to the first
 * frame that is not allowed; no frame is collected. Every field belongs to the connection's event loop; ends tell each
 * other on the other's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class TunnelEnd extends ChannelInboundHandlerAdapter {

    private final WebSocketTunnel tunnel;
    private final FrameScanner scanner;
    private final boolean server;
    private final TunnelOutput output;

    private @Nullable ByteBuf held;
    private @Nullable CloseReason stop;
    private boolean started;
    private boolean finishing;
    private boolean paused;
    private boolean inputOver;

    /** @param server whether the peer on this connection is the WebSocket's server */
    TunnelEnd(WebSocketTunnel tunnel, FrameScanner scanner, boolean server) {
        this.tunnel = tunnel;
        this.scanner = scanner;
        this.server = server;
        this.output = new TunnelOutput(server);
    }

    Channel channel() {
        return output.context().channel();
    }

    /** Begins to pass on what has been read and to read more; until then no more is read than has been. */
    void start() {
        output.run(() -> {
            started = true;
            forward();
            peer().output.flush();
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
            if (!inputOver && stop == null) {
                stop = reason;
            }
            then.run();
        });
        if (!attached) {
            then.run();
        }
    }

    /** Closes the other end for the reason of the stop, after the frame that is under way to it. */
    void finish() {
        output.run(() -> {
            if (stop == null || inputOver || finishing) {
                return;
            }
            finishing = true;
            if (scanner.isInFrame()) {
                peer().output.endSoon();
                return;
            }
            endInput(stop);
            if (started) {
                forward();
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
        held = held == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
        if (started) {
            forward();
        }
    }

    /** Goes no further: a decoder behind would ask for more on its own account. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (started) {
            peer().output.flush();
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
        drop();
        output.gone();
        if (inputOver) {
            peer().output.endSoon();
        } else if (scanner.isInFrame()) {
            inputOver = true;
            peer().output.breakOff();
        } else {
            endInput(CloseReason.PEER_LOST);
        }
        peer().readAgain();
        if (!server) {
            // To the HTTP client it would be an answer broken off, and worth a warning.
            ctx.fireChannelInactive();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    private void forward() {
        ByteBuf bytes = held;
        held = null;
        if (bytes == null) {
            return;
        }
        if (!inputOver) {
            pass(bytes);
        }
        if (inputOver) {
            awaitClose(bytes);
        }
        if (bytes.isReadable()) {
            held = bytes;
        } else {
            bytes.release();
        }
    }

    private void pass(ByteBuf bytes) {
        CloseReason reason = stop;
        if (reason != null && !scanner.isInFrame()) {
            return;
        }
        int length = reason == null ? scanner.scan(bytes) : scanner.scanFrame(bytes);
        if (length > 0) {
            peer().output.write(bytes.readRetainedSlice(length), scanner.isClosed());
        }
        CloseReason violation = scanner.violation();
        if (scanner.isClosed()) {
            inputOver = true;
        } else if (reason != null && finishing && !scanner.isInFrame()) {
            endInput(reason);
        } else if (violation != null) {
            tunnel.violated(server, violation);
        }
    }

    /** What comes after the gateway has closed is of no interest any more, but for the answer to that. */
    private void awaitClose(ByteBuf bytes) {
        int length = scanner.scan(bytes);
        boolean nothingToCome = scanner.isClosed() || scanner.violation() != null;
        bytes.skipBytes(nothingToCome ? bytes.readableBytes() : length);
        if (scanner.isClosed()) {
            output.peerHasClosed();
        }
    }

    private void endInput(CloseReason reason) {
        inputOver = true;
        peer().output.close(reason);
        readAgain();
    }

    private void readOn() {
        if (inputOver || peer().output.takesMore()) {
            output.context().read();
        } else {
            paused = true;
        }
    }

    private void readAgain() {
        output.run(() -> {
            if (paused) {
                paused = false;
                output.context().read();
            }
        });
    }

    private void drop() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private TunnelEnd peer() {
        return tunnel.peerOf(this);
    }
}
