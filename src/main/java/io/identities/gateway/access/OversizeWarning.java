package io.identities.gateway.access;

import io.identities.gateway.audit.EcsField;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that an identity does not fit into headers; once a minute at the most, so that nobody can flood the log. */
final class OversizeWarning {

    private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTicker;
    private final AtomicLong last;

    OversizeWarning(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.last = new AtomicLong(nanoTicker.getAsLong() - PAUSE);
    }

    void warn(int nameLength, int rolesLength, String requestId) {
        long now = nanoTicker.getAsLong();
        long before = last.get();
        if (now - before < PAUSE || !last.compareAndSet(before, now)) {
            return;
        }
        log.atWarn()
                .addKeyValue(EcsField.REQUEST_ID, requestId)
                .log(
                        "Refused a good token: its name takes {} bytes in a header (at most 512), its roles {}"
                                + " (at most 2048), request {}",
                        nameLength,
                        rolesLength,
                        requestId);
    }
}
