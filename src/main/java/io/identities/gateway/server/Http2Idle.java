package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Closes an HTTP/2 connection on which nothing has come from the client: after the idle time-out where no stream is
 * open, and after the send time-out where an answer waits for the client to let it through.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2Idle extends ChannelInboundHandlerAdapter {

    private final ListenerRules rules;
    private final Http2FrameCodec codec;

    private @Nullable Deadline deadline;
    private long heardAt;

    Http2Idle(ListenerRules rules, Http2FrameCodec codec) {
        this.rules = rules;
        this.codec = codec;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = new Deadline(ctx.executor(), rules.idleTimeout(), () -> expired(ctx));
        heard(ctx);
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

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        heard(ctx);
        ctx.fireChannelReadComplete();
    }

    private void heard(ChannelHandlerContext ctx) {
        heardAt = now(ctx);
        deadline().in(rules.idleTimeout());
    }

    private void expired(ChannelHandlerContext ctx) {
        if (codec.connection().numActiveStreams() == 0) {
            ctx.close();
        } else if (now(ctx) - heardAt >= rules.sendTimeout().toNanos() && isAnAnswerHeldBack(codec.connection())) {
            // The codec would wait for its streams.
            codec.gracefulShutdownTimeoutMillis(0);
            ctx.close();
        } else {
            deadline().in(rules.idleTimeout());
        }
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
