package io.identities.gateway.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connection of a client that has stopped reading: bytes wait for it, and none has been sent for the send
 * time-out. Placed next to the socket. Needs no timer while the client keeps up. Event-loop bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class SendTimeoutHandler extends ChannelDuplexHandler {

    /** Checks per time-out: the close comes at most a quarter of it late. */
    private static final int CHECKS = 4;

    private final long interval;

    private @Nullable Future<?> timer;
    private @Nullable Object waiting;
    private long waitingSent;
    private int checksWithoutProgress;

    SendTimeoutHandler(Duration timeout) {
        this.interval = Math.max(1, timeout.toNanos() / CHECKS);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (timer == null && isWaiting(ctx)) {
            checksWithoutProgress = 0;
            hasMoved(ctx);
            scheduleCheck(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        cancel();
    }

    private void check(ChannelHandlerContext ctx) {
        timer = null;
        if (!isWaiting(ctx)) {
            waiting = null;
            return;
        }
        checksWithoutProgress = hasMoved(ctx) ? 0 : checksWithoutProgress + 1;
        if (checksWithoutProgress < CHECKS) {
            scheduleCheck(ctx);
            return;
        }
        // Otherwise the socket's send buffer would outlive the connection.
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
    }

    private void scheduleCheck(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> check(ctx), interval, TimeUnit.NANOSECONDS);
    }

    /** Whether the socket has accepted anything since the last check. */
    private boolean hasMoved(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        Object next = out == null ? null : out.current();
        long sent = out == null ? 0 : out.currentProgress();
        boolean moved = next != waiting || sent != waitingSent;
        waiting = next;
        waitingSent = sent;
        return moved;
    }

    private void cancel() {
        waiting = null;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private static boolean isWaiting(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        return out != null && !out.isEmpty();
    }
}
