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
 * Cuts the connection of a client that has stopped reading: bytes wait for it, and none has gone for the send time-out.
 * Stands next to the socket. Costs no timer while the client keeps up. Event-loop bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class SendTimeoutHandler extends ChannelDuplexHandler {

    /** Looks within the time-out, so many that the cut comes a quarter late at the most. */
    private static final int LOOKS = 4;

    private final long interval;

    private @Nullable Future<?> timer;
    private @Nullable Object waiting;
    private long waitingSent;
    private int looksWithoutMove;

    SendTimeoutHandler(Duration timeout) {
        this.interval = Math.max(1, timeout.toNanos() / LOOKS);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (timer == null && isWaiting(ctx)) {
            looksWithoutMove = 0;
            hasMoved(ctx);
            lookAgain(ctx);
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

    private void look(ChannelHandlerContext ctx) {
        timer = null;
        if (!isWaiting(ctx)) {
            waiting = null;
            return;
        }
        looksWithoutMove = hasMoved(ctx) ? 0 : looksWithoutMove + 1;
        if (looksWithoutMove < LOOKS) {
            lookAgain(ctx);
            return;
        }
        // What the system holds for it would otherwise outlive the connection.
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
    }

    private void lookAgain(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> look(ctx), interval, TimeUnit.NANOSECONDS);
    }

    /** Whether the socket has taken anything since the last look. */
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
