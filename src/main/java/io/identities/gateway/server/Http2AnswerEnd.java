package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a stream whose answer is over before its request is (RFC 9113 section 8.1): what the client would still send is
 * for nobody, and a stream that it never ends would keep the connection open.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2AnswerEnd extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        Http2FrameStream ending = ending(msg);
        if (ending == null) {
            ctx.write(msg, promise);
        } else {
            ctx.write(msg, promise.unvoid().addListener(written -> end(ctx, ending)));
        }
    }

    /** Not before the last frame is written: a reset overtakes what waits for the client's window. */
    private static void end(ChannelHandlerContext ctx, Http2FrameStream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream));
        }
    }

    private static @Nullable Http2FrameStream ending(Object msg) {
        if (msg instanceof Http2DataFrame data && data.isEndStream()) {
            return data.stream();
        }
        return msg instanceof Http2HeadersFrame headers && headers.isEndStream() ? headers.stream() : null;
    }
}
