package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of the two connections of a WebSocket. What is read here is written to the other end as it is, up to the first
 * frame that is not allowed; no frame is collected. What the gateway itself has to say comes between two frames. Every
 * field belongs to the connection's event loop; ends tell each other on the other's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class TunnelEnd extends ChannelInboundHandlerAdapter {

    /** How long a peer may take to answer a close of the gateway. */
    private static final long OWN_CLOSE_SECONDS = 2;

    /** How long a peer may take to answer a close of its peer. */
    private static final long PEERS_CLOSE_SECONDS = 10;

    private final WebSocketTunnel tunnel;
    private final FrameScanner scanner;
    private final boolean server;

    private volatile @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf held;
    private @Nullable Future<?> deadline;
    private long deadlineAt;
    private @Nullable CloseReason stop;
    private boolean started;
    private boolean paused;
    private boolean inputOver;
    private boolean outputOver;

    /** @param server whether the peer on this connection is the WebSocket's server */
    TunnelEnd(WebSocketTunnel tunnel, FrameScanner scanner, boolean server) {
        this.tunnel = tunnel;
        this.scanner = scanner;
        this.server = server;
    }

    Channel channel() {
        return context().channel();
    }

    /** Begins to pass on what has been read and to read more; until then no more is read than has been. */
    void start() {
        run(() -> {
            started = true;
            forward();
            peer().flush();
            readOn();
        });
    }

    /** Nothing but the frame under way goes on from here; then the other end is closed for {@code reason}. */
    void stop(CloseReason reason) {
        run(() -> {
            if (inputOver || stop != null) {
                return;
            }
            stop = reason;
            if (scanner.isInFrame()) {
                peer().end(OWN_CLOSE_SECONDS);
                forward();
            } else {
                endInput(reason);
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
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
            peer().flush();
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
        outputOver = true;
        cancelDeadline();
        if (inputOver) {
            peer().end(OWN_CLOSE_SECONDS);
        } else if (scanner.isInFrame()) {
            inputOver = true;
            peer().breakOff();
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
        int length = stop == null ? scanner.scan(bytes) : scanner.scanFrame(bytes);
        if (length > 0) {
            peer().write(bytes.readRetainedSlice(length), scanner.isClosed());
        }
        CloseReason violation = scanner.violation();
        if (scanner.isClosed()) {
            inputOver = true;
            closeIfAgreed();
        } else if (stop != null && !scanner.isInFrame()) {
            endInput(stop);
        } else if (violation != null) {
            tunnel.violated(server, violation);
        }
    }

    /** What comes after the gateway has closed is of no interest any more, but for the answer to that. */
    private void awaitClose(ByteBuf bytes) {
        int length = scanner.scan(bytes);
        boolean nothingToCome = scanner.isClosed() || scanner.violation() != null;
        bytes.skipBytes(nothingToCome ? bytes.readableBytes() : length);
        closeIfAgreed();
    }

    private void endInput(CloseReason reason) {
        inputOver = true;
        peer().close(reason);
        readAgain();
    }

    /** @param closed whether a close frame is the last of {@code bytes} */
    private void write(ByteBuf bytes, boolean closed) {
        if (!run(() -> writeNow(bytes, closed))) {
            bytes.release();
        }
    }

    private void writeNow(ByteBuf bytes, boolean closed) {
        if (outputOver) {
            bytes.release();
            return;
        }
        ChannelFuture written = context().write(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        if (closed) {
            outputOver = true;
            written.addListener(done -> end(PEERS_CLOSE_SECONDS));
            closeIfAgreed();
        }
    }

    private void close(CloseReason reason) {
        run(() -> {
            if (outputOver) {
                return;
            }
            outputOver = true;
            ChannelHandlerContext ctx = context();
            ChannelFuture written = ctx.writeAndFlush(CloseFrame.of(reason, server, ctx.alloc()));
            if (reason == CloseReason.PEER_LOST) {
                written.addListener(done -> end(OWN_CLOSE_SECONDS));
            } else {
                end(OWN_CLOSE_SECONDS);
            }
            closeIfAgreed();
        });
    }

    /** Both have said their last word on this connection. */
    private void closeIfAgreed() {
        if (scanner.isClosed() && outputOver) {
            closeFlushed();
        }
    }

    private void closeFlushed() {
        outputOver = true;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** The peer was lost within a frame: nothing can be said to this one any more. */
    private void breakOff() {
        run(this::closeFlushed);
    }

    /** Closes the connection at the latest in so many seconds. */
    private void end(long seconds) {
        run(() -> {
            long at = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            if (deadline != null && deadlineAt - at <= 0 || !channel().isActive()) {
                return;
            }
            cancelDeadline();
            deadlineAt = at;
            deadline = context().executor().schedule(() -> channel().close(), seconds, TimeUnit.SECONDS);
        });
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private void flush() {
        run(() -> context().flush());
    }

    private void readOn() {
        Channel other = peer().channel();
        if (inputOver || other.isWritable() || !other.isActive()) {
            context().read();
        } else {
            paused = true;
        }
    }

    private void readAgain() {
        run(() -> {
            if (paused) {
                paused = false;
                context().read();
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

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }

    /** @return false when this is not part of its connection yet: there is nothing to do then */
    private boolean run(Runnable task) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return false;
        }
        if (ctx.executor().inEventLoop()) {
            task.run();
        } else {
            ctx.executor().execute(task);
        }
        return true;
    }
}
