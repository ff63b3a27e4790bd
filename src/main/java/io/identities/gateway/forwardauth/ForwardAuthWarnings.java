package io.identities.gateway.forwardauth;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.audit.LogInterval;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns the operator why a forward-auth request is not trusted; each kind at most once a minute. */
final class ForwardAuthWarnings {

    private static final Logger log = LoggerFactory.getLogger(ForwardAuth.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final LogInterval untrusted;
    private final LogInterval unreadable;

    ForwardAuthWarnings(LongSupplier nanoTicker) {
        this.untrusted = new LogInterval(INTERVAL, nanoTicker);
        this.unreadable = new LogInterval(INTERVAL, nanoTicker);
    }

    void untrusted(@Nullable InetAddress peer, String requestId) {
        if (untrusted.isDue()) {
            warn(
                    requestId,
                    "Forward-auth was asked by {}, which is not in identities.forward-auth.trusted-proxies:"
                            + " no anonymous pass, and 403 where role or denied rules exist (request {}){}",
                    peer == null ? "an unknown peer" : peer.getHostAddress(),
                    requestId,
                    untrusted.leftOut());
        }
    }

    void unreadable(InetAddress peer, Dialect dialect, String requestId) {
        if (unreadable.isDue()) {
            warn(
                    requestId,
                    "Forward-auth was asked by {} with a missing or doubled header of the dialect {}"
                            + " (identities.forward-auth.dialect): no anonymous pass, and 403 where role or denied"
                            + " rules exist (request {}){}",
                    peer.getHostAddress(),
                    dialect.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    requestId,
                    unreadable.leftOut());
        }
    }

    private static void warn(String requestId, String message, Object... arguments) {
        log.atWarn().addKeyValue(EcsField.REQUEST_ID, requestId).log(message, arguments);
    }
}
