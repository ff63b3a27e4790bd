package io.identities.gateway.forwardauth;

import io.identities.gateway.audit.EcsField;
import java.net.InetAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator why forward-auth does not trust a question; each kind once a minute at the most. */
final class ForwardAuthWarnings {

    private static final Logger log = LoggerFactory.getLogger(ForwardAuth.class);
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTicker;
    private final AtomicLong untrusted;
    private final AtomicLong unreadable;

    ForwardAuthWarnings(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        long before = nanoTicker.getAsLong() - PAUSE;
        this.untrusted = new AtomicLong(before);
        this.unreadable = new AtomicLong(before);
    }

    void untrusted(@Nullable InetAddress peer, String requestId) {
        if (isDue(untrusted)) {
            warn(
                    requestId,
                    "Forward-auth was asked by {}, which is not in identities.forward-auth.trusted-proxies:"
                            + " no anonymous pass, and 403 where role or denied rules exist (request {})",
                    peer == null ? "an unknown peer" : peer.getHostAddress(),
                    requestId);
        }
    }

    void unreadable(InetAddress peer, Dialect dialect, String requestId) {
        if (isDue(unreadable)) {
            warn(
                    requestId,
                    "Forward-auth was asked by {} with a missing or doubled header of the dialect {}"
                            + " (identities.forward-auth.dialect): no anonymous pass, and 403 where role or denied"
                            + " rules exist (request {})",
                    peer.getHostAddress(),
                    dialect.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    requestId);
        }
    }

    private static void warn(String requestId, String message, Object... arguments) {
        log.atWarn().addKeyValue(EcsField.REQUEST_ID, requestId).log(message, arguments);
    }

    private boolean isDue(AtomicLong last) {
        long now = nanoTicker.getAsLong();
        long before = last.get();
        return now - before >= PAUSE && last.compareAndSet(before, now);
    }
}
