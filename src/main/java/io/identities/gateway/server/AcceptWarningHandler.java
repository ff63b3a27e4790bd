package io.identities.gateway.server;

import io.identities.gateway.audit.LogInterval;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns that no connection can be accepted, mostly for lack of file descriptors: nothing else reports it, and the
 * management port cannot accept connections either. Placed before the handler that retries a second later; at most one
 * WARN a minute.
 */
final class AcceptWarningHandler extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(AcceptWarningHandler.class);

    private final LogInterval interval;

    /** @param nanoTicker a monotonic nanosecond counter */
    AcceptWarningHandler(LongSupplier nanoTicker) {
        this.interval = new LogInterval(Duration.ofMinutes(1), nanoTicker);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (interval.isDue()) {
            log.warn("Cannot accept connections: {}{}", cause.getMessage(), interval.leftOut());
        }
        ctx.fireExceptionCaught(cause);
    }
}
