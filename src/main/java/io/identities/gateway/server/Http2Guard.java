package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2PriorityFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the HTTP/2 codec and its streams: a malformed head is answered before a stream is made for it, cheap
 * control frames are counted, an idle connection is closed. Resets and continuations are counted by the codec itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2Guard extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(Http2Guard.class);
    private static final int CONTROL_FRAMES = 400;
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private final ListenerRules rules;
    private final Http2Head head;
    private final Http2FrameCodec codec;
    private final Set<Http2FrameStream> open = new HashSet<>();
    private final Set<Http2FrameStream> refused = new HashSet<>();

    private @Nullable Deadline idle;
    private int controlFrames;
    private long windowStart;

    Http2Guard(ListenerRules rules, Http2FrameCodec codec) {
        this.rules = rules;
        this.head = new Http2Head(rules.methods(), rules.forwardAuth());
        this.codec = codec;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        windowStart = now(ctx);
        idle = new Deadline(ctx.executor(), rules.idleTimeout(), () -> expired(ctx));
        idle.in(rules.idleTimeout());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        idle().cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        idle().cancel();
        open.clear();
        refused.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        idle().in(rules.idleTimeout());
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (isControl(msg) && isFlood(ctx)) {
            ReferenceCountUtil.release(msg);
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM))
                    .addListener(written -> ctx.close());
            return;
        }
        if (!(msg instanceof Http2StreamFrame frame) || !isRefused(ctx, frame)) {
            ctx.fireChannelRead(msg);
            return;
        }
        ReferenceCountUtil.release(msg);
    }

    /** The codec has answered already, with GOAWAY or a reset; only a stream with a request on it has to hear of it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean unheard = cause instanceof Http2FrameStreamException failure && !open.contains(failure.stream());
        if (unheard || cause instanceof Http2Exception) {
            log.debug("HTTP/2 error from {}", ctx.channel().remoteAddress(), cause);
            return;
        }
        ctx.fireExceptionCaught(cause);
    }

    private boolean isRefused(ChannelHandlerContext ctx, Http2StreamFrame frame) {
        Http2FrameStream stream = frame.stream();
        boolean ends = endsStream(frame);
        if (refused.contains(stream)) {
            if (ends) {
                refused.remove(stream);
            }
            return !(frame instanceof Http2ResetFrame);
        }
        if (frame instanceof Http2HeadersFrame headers && open.add(stream)) {
            ProblemCode problem = head.judge(headers.headers());
            if (problem != null) {
                open.remove(stream);
                refuse(ctx, headers, problem);
                return true;
            }
        }
        if (ends) {
            open.remove(stream);
        }
        return false;
    }

    private void refuse(ChannelHandlerContext ctx, Http2HeadersFrame request, ProblemCode problem) {
        CharSequence origin = request.headers().get("origin");
        WireRefusal refusal = WireRefusal.of(problem, rules, origin == null ? null : origin.toString());
        rules.accessLog()
                .refusedOnTheWire(problem, refusal.requestId(), ctx.channel().remoteAddress());
        Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(refusal.status()));
        refusal.headers().forEach((name, value) -> headers.add(name.toLowerCase(java.util.Locale.ROOT), value));
        ctx.write(new DefaultHttp2HeadersFrame(headers).stream(request.stream()));
        ByteBuf body = "HEAD"
                        .contentEquals(
                                Objects.requireNonNullElse(request.headers().method(), ""))
                ? Unpooled.EMPTY_BUFFER
                : Unpooled.wrappedBuffer(refusal.body());
        ctx.write(new DefaultHttp2DataFrame(body, true).stream(request.stream()));
        if (!request.isEndStream()) {
            refused.add(request.stream());
            ctx.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(request.stream()));
        }
        ctx.flush();
    }

    private void expired(ChannelHandlerContext ctx) {
        if (codec.connection().numActiveStreams() == 0) {
            ctx.close();
        } else {
            idle().in(rules.idleTimeout());
        }
    }

    private boolean isFlood(ChannelHandlerContext ctx) {
        long now = now(ctx);
        if (now - windowStart > WINDOW) {
            windowStart = now;
            controlFrames = 0;
        }
        return ++controlFrames > CONTROL_FRAMES;
    }

    private Deadline idle() {
        return Objects.requireNonNull(idle, "idle");
    }

    private static boolean isControl(Object msg) {
        return msg instanceof Http2PingFrame ping && !ping.ack()
                || msg instanceof Http2SettingsFrame
                || msg instanceof Http2PriorityFrame;
    }

    private static boolean endsStream(Http2StreamFrame frame) {
        return frame instanceof Http2ResetFrame
                || frame instanceof Http2HeadersFrame headers && headers.isEndStream()
                || frame instanceof Http2DataFrame data && data.isEndStream();
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
