package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that no connection can be accepted, mostly for lack of file descriptors: nobody else does, and the management port
 * has none left to be asked on either. Stands before what tries again a second later; one WARN a minute.
 */
final class AcceptWarning extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(AcceptWarning.class);
    private static final long PERIOD = TimeUnit.MINUTES.toNanos(1);

    private boolean said;
    private long saidAt;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = ctx.executor().ticker().nanoTime();
        if (!said || now - saidAt >= PERIOD) {
            said = true;
            saidAt = now;
            log.warn("Cannot accept connections: {}", cause.getMessage());
        }
        ctx.fireExceptionCaught(cause);
    }
}
