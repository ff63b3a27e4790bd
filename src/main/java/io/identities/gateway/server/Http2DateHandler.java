package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;

/** Adds the {@code Date} header to the responses of an HTTP/2 connection. */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class Http2DateHandler extends ChannelOutboundHandlerAdapter {

    private final ResponseDate date;

    Http2DateHandler(ResponseDate date) {
        this.date = date;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof Http2HeadersFrame frame
                && isFinal(frame.headers())
                && !frame.headers().contains(HttpHeaderNames.DATE)) {
            frame.headers().set(HttpHeaderNames.DATE, date.now());
        }
        ctx.write(msg, promise);
    }

    /** Neither an interim response nor trailers, which have no status. */
    private static boolean isFinal(Http2Headers headers) {
        CharSequence status = headers.status();
        return status != null && HttpStatusClass.valueOf(status) != HttpStatusClass.INFORMATIONAL;
    }
}
