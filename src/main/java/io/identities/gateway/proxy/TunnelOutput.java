package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one connection of a WebSocket: the other end's bytes, then one last close frame, the other end's or the
 * gateway's. Thread-safe: operations run on the connection's event loop, in the order of the calls.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class TunnelOutput {

    /** How long a peer may take to respond to a close of the gateway. */
    private static final long OWN_CLOSE_SECONDS = 2;

    /** How long a peer may take to respond to a close of the other end. */
    private static final long RELAYED_CLOSE_SECONDS = 10;

    private final boolean toServer;

    private volatile @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> deadline;
    private long deadlineAt;
    private boolean over;
    private boolean answered;

    /** @param toServer whether the peer is the WebSocket's server, to which frames are masked */
    TunnelOutput(boolean toServer) {
        this.toServer = toServer;
    }

    void attach(ChannelHandlerContext ctx) {
        context = ctx;
    }

    ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "context");
    }

    /** Whether the peer keeps up; always true after it is gone. */
    boolean takesMore() {
        Channel channel = context().channel();
        return channel.isWritable() || !channel.isActive();
    }

    /** @param closed whether a close frame is the last of {@code bytes} */
    void write(ByteBuf bytes, boolean closed) {
        if (!run(() -> writeNow(bytes, closed))) {
            bytes.release();
        }
    }

    void flush() {
        run(() -> context().flush());
    }

    /** Sends the gateway's close frame unless one has been sent; call between two frames only. */
    void close(CloseReason reason) {
        run(() -> {
            if (!over) {
                closeNow(reason);
            }
        });
    }

    /** Closes the connection without a close frame, within a frame, as soon as everything is written. */
    void breakOff() {
        run(this::closeFlushed);
    }

    /** Closes the connection soon, whatever the peer does. */
    void endSoon() {
        end(OWN_CLOSE_SECONDS);
    }

    /** The peer has sent its close frame. */
    void peerHasClosed() {
        run(() -> {
            answered = true;
            closeIfAgreed();
        });
    }

    /** The connection is gone. */
    void gone() {
        over = true;
        cancelDeadline();
    }

    /** @return false if this is not yet attached to a connection and there is nothing to do */
    boolean run(Runnable task) {
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

    private void writeNow(ByteBuf bytes, boolean closed) {
        if (over) {
            bytes.release();
            return;
        }
        ChannelFuture written = context().write(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        if (closed) {
            over = true;
            written.addListener(done -> end(RELAYED_CLOSE_SECONDS));
            closeIfAgreed();
        }
    }

    private void closeNow(CloseReason reason) {
        over = true;
        ChannelHandlerContext ctx = context();
        ChannelFuture written = ctx.writeAndFlush(CloseFrame.of(reason, toServer, ctx.alloc()));
        if (reason == CloseReason.PEER_LOST) {
            // A slow reader still gets everything that was sent before.
            written.addListener(done -> endSoon());
        } else {
            endSoon();
        }
        closeIfAgreed();
    }

    private void closeIfAgreed() {
        if (answered && over) {
            closeFlushed();
        }
    }

    private void closeFlushed() {
        over = true;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void end(long seconds) {
        run(() -> {
            long at = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            ChannelHandlerContext ctx = context();
            if (deadline != null && deadlineAt - at <= 0 || !ctx.channel().isActive()) {
                return;
            }
            cancelDeadline();
            deadlineAt = at;
            deadline = ctx.executor().schedule(() -> ctx.channel().close(), seconds, TimeUnit.SECONDS);
        });
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
