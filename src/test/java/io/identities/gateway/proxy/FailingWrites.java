package io.identities.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/** A connection whose other side is gone, so that nothing can be written any more. */
final class FailingWrites extends ChannelOutboundHandlerAdapter {

    private final IOException failure;

    FailingWrites(IOException failure) {
        this.failure = failure;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ReferenceCountUtil.release(msg);
        promise.setFailure(failure);
    }
}
