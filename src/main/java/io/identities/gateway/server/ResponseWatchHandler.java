package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Adds the {@code Date} of a response, notifies the {@link Http1RequestGuardHandler} of its beginning and end, and
 * announces the close of the connection: while the gateway drains, for HTTP/1.0, and when an error, or a response that
 * is written in one piece, overtakes the request's body. Any other response may run in parallel to a body; if the body
 * has not ended by then, the connection closes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A pipeline reports through promises.
final class ResponseWatchHandler extends ChannelOutboundHandlerAdapter {

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;
    private static final int FIRST_ERROR = 400;

    private final Http1RequestGuardHandler guard;
    private final Draining draining;
    private final ResponseDate date;
    private boolean interim;
    private boolean last;

    ResponseWatchHandler(Http1RequestGuardHandler guard, Draining draining, ResponseDate date) {
        this.guard = guard;
        this.draining = draining;
        this.date = date;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof HttpResponse response) {
            int status = response.status().code();
            if (status == SWITCHING_PROTOCOLS) {
                ctx.write(msg, promise);
                guard.upgraded();
                return;
            }
            interim = status < FIRST_FINAL;
            if (!interim) {
                begin(response, msg instanceof LastHttpContent);
            }
        }
        if (interim || !(msg instanceof LastHttpContent)) {
            ctx.write(msg, promise);
            return;
        }
        end(ctx, msg, promise);
    }

    /** @param whole whether the response is complete, so that the rest of the request comes too late in any case */
    private void begin(HttpResponse response, boolean whole) {
        guard.answerBegins();
        if (!response.headers().contains(ResponseDate.NAME)) {
            response.headers().set(ResponseDate.NAME, date.now());
        }
        if (guard.isHttp10()) {
            response.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        boolean overtaking = (whole || response.status().code() >= FIRST_ERROR) && guard.isRequestIncomplete();
        last = guard.isHttp10() || draining.isDraining() || overtaking;
        if (last) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void end(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (last || guard.isRequestIncomplete()) {
            ctx.write(msg, promise.unvoid().addListener(written -> guard.answeredForGood()));
        } else {
            ctx.write(msg, promise);
            guard.answered();
        }
    }
}
