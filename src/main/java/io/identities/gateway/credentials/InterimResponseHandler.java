package io.identities.gateway.credentials;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Skips interim responses, which any server may send before the final one (RFC 9110 section 15.2). */
final class InterimResponseHandler extends ChannelInboundHandlerAdapter {

    private boolean interim;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpResponse response) {
            interim = isInterim(response);
        }
        if (!interim) {
            ctx.fireChannelRead(msg);
            return;
        }
        interim = !(msg instanceof LastHttpContent);
        ReferenceCountUtil.release(msg);
        ctx.read();
    }

    private static boolean isInterim(HttpResponse response) {
        return response.decoderResult().isSuccess()
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
