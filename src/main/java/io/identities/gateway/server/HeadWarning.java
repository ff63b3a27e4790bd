package io.identities.gateway.server;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.audit.LogInterval;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns that a request head was too large; at most once a minute, because any client can send one. */
final class HeadWarning {

    private static final Logger log = LoggerFactory.getLogger(HeadWarning.class);

    private final LogInterval interval;

    /** @param nanoTicker a monotonic nanosecond counter */
    HeadWarning(LongSupplier nanoTicker) {
        this.interval = new LogInterval(Duration.ofMinutes(1), nanoTicker);
    }

    void warn(int maxHead, @Nullable SocketAddress peer, String requestId) {
        if (interval.isDue()) {
            log.atWarn()
                    .addKeyValue(EcsField.REQUEST_ID, requestId)
                    .log(
                            "Refused a request head of more than {} bytes (identities.headers.max-size) from {} as {}{}",
                            maxHead,
                            peer,
                            requestId,
                            interval.leftOut());
        }
    }
}
