package io.identities.gateway.access;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.audit.LogInterval;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns that an identity does not fit into headers; at most once a minute. */
final class OversizeWarning {

    private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

    private final LogInterval interval;

    OversizeWarning(LongSupplier nanoTicker) {
        this.interval = new LogInterval(Duration.ofMinutes(1), nanoTicker);
    }

    void warn(int nameLength, int rolesLength, String requestId) {
        if (interval.isDue()) {
            log.atWarn()
                    .addKeyValue(EcsField.REQUEST_ID, requestId)
                    .log(
                            "Refused a good token: its name takes {} bytes in a header (at most {}), its roles {}"
                                    + " (at most {}), request {}{}",
                            nameLength,
                            Gatekeeper.MAX_NAME,
                            rolesLength,
                            Gatekeeper.MAX_ROLES,
                            requestId,
                            interval.leftOut());
        }
    }
}
