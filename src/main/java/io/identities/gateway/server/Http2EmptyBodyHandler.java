package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Marks a head as the end of its request if all that follows in the same read is an empty DATA frame with END_STREAM,
 * as some clients send it. Such a head would otherwise announce a body, which would be forwarded in chunks, and some
 * backends refuse a {@code GET} with a body (RFC 9110 section 9.3.1). Never waits for a frame that has not arrived yet.
 * Event-loop bound.
 */
final class Http2EmptyBodyHandler extends ChannelInboundHandlerAdapter {

    /** The methods for which a body has no meaning; for others an empty body is announced rather than dropped. */
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

    private final Map<Http2FrameStream, Http2HeadersFrame> held = new LinkedHashMap<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2HeadersFrame head && mayLackBody(head)) {
            held.put(head.stream(), head);
            return;
        }
        Http2HeadersFrame head = msg instanceof Http2StreamFrame frame ? held.remove(frame.stream()) : null;
        if (head == null) {
            ctx.fireChannelRead(msg);
        } else if (isEmptyEnd(msg)) {
            ReferenceCountUtil.release(msg);
            ctx.fireChannelRead(new DefaultHttp2HeadersFrame(head.headers(), true).stream(head.stream()));
        } else {
            ctx.fireChannelRead(head);
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!held.isEmpty()) {
            List<Http2HeadersFrame> heads = List.copyOf(held.values());
            held.clear();
            heads.forEach(ctx::fireChannelRead);
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2FrameStreamEvent change && change.stream().state() == Http2Stream.State.CLOSED) {
            held.remove(change.stream());
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        held.clear();
        ctx.fireChannelInactive();
    }

    /** Not trailers: they have no method. */
    private static boolean mayLackBody(Http2HeadersFrame head) {
        CharSequence method = head.headers().method();
        return !head.isEndStream() && method != null && WITHOUT_BODY.contains(method.toString());
    }

    private static boolean isEmptyEnd(Object msg) {
        return msg instanceof Http2DataFrame data && data.isEndStream() && data.initialFlowControlledBytes() == 0;
    }
}
