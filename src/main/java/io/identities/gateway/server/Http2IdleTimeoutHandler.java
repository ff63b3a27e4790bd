package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2PriorityFrame;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Closes an inactive HTTP/2 connection: after the idle time-out if no stream has been open, and after the send time-out
 * if a response waits for the client's flow-control window. PING, SETTINGS and PRIORITY frames postpone neither,
 * because they cost the client nothing.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2IdleTimeoutHandler extends ChannelInboundHandlerAdapter {

    private final ListenerRules rules;
    private final Http2FrameCodec codec;

    private @Nullable Deadline deadline;
    private long heardAt;
    private boolean presenceOnly;

    Http2IdleTimeoutHandler(ListenerRules rules, Http2FrameCodec codec) {
        this.rules = rules;
        this.codec = codec;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = new Deadline(ctx.executor(), rules.idleTimeout(), () -> expired(ctx));
        heardAt = now(ctx);
        deadline().in(rules.idleTimeout());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        deadline().cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline().cancel();
        ctx.fireChannelInactive();
    }

    /** A stream opens or closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2FrameStreamEvent) {
            deadline().in(rules.idleTimeout());
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        presenceOnly = saysPresenceOnly(msg);
        if (!presenceOnly) {
            heardAt = now(ctx);
        }
        ctx.fireChannelRead(msg);
    }

    /**
     * Events that the codec does not pass on, above all WINDOW_UPDATE for the whole connection, are visible only here.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!presenceOnly) {
            heardAt = now(ctx);
        }
        presenceOnly = false;
        ctx.fireChannelReadComplete();
    }

    private void expired(ChannelHandlerContext ctx) {
        if (codec.connection().numActiveStreams() == 0) {
            ctx.close();
        } else if (now(ctx) - heardAt >= rules.sendTimeout().toNanos() && isAnAnswerHeldBack(codec.connection())) {
            // A close through the codec would wait for its streams.
            codec.gracefulShutdownTimeoutMillis(0);
            ctx.close();
        } else {
            deadline().in(rules.idleTimeout());
        }
    }

    private static boolean saysPresenceOnly(Object frame) {
        return frame instanceof Http2PingFrame
                || frame instanceof Http2SettingsFrame
                || frame instanceof Http2PriorityFrame;
    }

    private static boolean isAnAnswerHeldBack(Http2Connection connection) {
        Http2RemoteFlowController flow = connection.remote().flowController();
        try {
            Http2Stream held = connection.forEachActiveStream(stream -> !flow.hasFlowControlled(stream));
            return held != null;
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Deadline deadline() {
        return Objects.requireNonNull(deadline, "deadline");
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
