package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2PriorityFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Placed between the HTTP/2 codec and its streams: refuses a malformed head before any later handler sees it, and
 * counts cheap control frames. The codec itself counts resets and continuations.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2RequestGuardHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(Http2RequestGuardHandler.class);
    private static final int CONTROL_FRAMES = 400;
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private final ListenerRules rules;
    private final Http2Head head;
    private final Set<Http2FrameStream> open = new HashSet<>();
    private final Set<Http2FrameStream> refused = new HashSet<>();

    private int controlFrames;
    private long windowStart;

    Http2RequestGuardHandler(ListenerRules rules) {
        this.rules = rules;
        this.head = new Http2Head(rules.methods(), rules.forwardAuth());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        windowStart = now(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open.clear();
        refused.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2FrameStreamEvent change && change.stream().state() == Http2Stream.State.CLOSED) {
            open.remove(change.stream());
            refused.remove(change.stream());
        }
        ctx.fireUserEventTriggered(event);
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

    /**
     * Client errors are not passed on: the codec has responded to those that end the connection, a reset stream looks
     * like a client that has gone, and all streams are notified when a lost connection closes.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2FrameStreamException failure) {
            log.debug("HTTP/2 error from {}", ctx.channel().remoteAddress(), cause);
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(failure.error()).stream(failure.stream()));
        } else if (isTheClients(cause)) {
            log.debug("HTTP/2 error from {}", ctx.channel().remoteAddress(), cause);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    /** A protocol error, a reset, or bytes that are not TLS. */
    private static boolean isTheClients(Throwable cause) {
        return cause instanceof Http2Exception || cause instanceof IOException || cause instanceof DecoderException;
    }

    private boolean isRefused(ChannelHandlerContext ctx, Http2StreamFrame frame) {
        Http2FrameStream stream = frame.stream();
        if (refused.contains(stream)) {
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
        return false;
    }

    private void refuse(ChannelHandlerContext ctx, Http2HeadersFrame request, ProblemCode problem) {
        CharSequence origin = request.headers().get("origin");
        RawRefusal refusal = RawRefusal.of(problem, rules, origin == null ? null : origin.toString());
        rules.accessLog()
                .refusedOnTheWire(problem, refusal.requestId(), ctx.channel().remoteAddress());
        Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(refusal.status()));
        refusal.headers().forEach((name, value) -> headers.add(name.toLowerCase(Locale.ROOT), value));
        ctx.write(new DefaultHttp2HeadersFrame(headers).stream(request.stream()));
        ByteBuf body = "HEAD"
                        .contentEquals(
                                Objects.requireNonNullElse(request.headers().method(), ""))
                ? Unpooled.EMPTY_BUFFER
                : Unpooled.wrappedBuffer(refusal.body());
        ctx.write(new DefaultHttp2DataFrame(body, true).stream(request.stream()));
        if (!request.isEndStream()) {
            refused.add(request.stream());
        }
        ctx.flush();
    }

    private boolean isFlood(ChannelHandlerContext ctx) {
        long now = now(ctx);
        if (now - windowStart > WINDOW) {
            windowStart = now;
            controlFrames = 0;
        }
        return ++controlFrames > CONTROL_FRAMES;
    }

    private static boolean isControl(Object msg) {
        return msg instanceof Http2PingFrame ping && !ping.ack()
                || msg instanceof Http2SettingsFrame
                || msg instanceof Http2PriorityFrame;
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
