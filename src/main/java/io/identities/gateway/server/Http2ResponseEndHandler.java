package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the frames that follow a response. Resets a stream whose response ends before its request (RFC 9113 section
 * 8.1): the rest of the request is not needed, and an unfinished stream would keep the connection open. While the
 * gateway drains, sends one GOAWAY (section 6.8); streams that are already open are served.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2ResponseEndHandler extends ChannelOutboundHandlerAdapter {

    /**
     * Raises the GOAWAY's last stream id to the maximum, so that streams on their way to the gateway do not count as
     * refused.
     */
    private static final int EVERY_STREAM = Integer.MAX_VALUE;

    private final Draining draining;
    private boolean goAwaySent;

    Http2ResponseEndHandler(Draining draining) {
        this.draining = draining;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        Http2FrameStream ending = ending(msg);
        if (ending == null) {
            ctx.write(msg, promise);
        } else {
            ctx.write(msg, promise.unvoid().addListener(written -> end(ctx, ending)));
        }
    }

    /** Not before the last frame is written: these frames overtake data that waits for the client's window. */
    private void end(ChannelHandlerContext ctx, Http2FrameStream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream));
        }
        if (draining.isDraining() && !goAwaySent) {
            goAwaySent = true;
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(EVERY_STREAM));
        }
    }

    private static @Nullable Http2FrameStream ending(Object msg) {
        if (msg instanceof Http2DataFrame data && data.isEndStream()) {
            return data.stream();
        }
        return msg instanceof Http2HeadersFrame headers && headers.isEndStream() ? headers.stream() : null;
    }
}
