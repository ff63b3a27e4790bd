package io.identities.gateway.credentials;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when most logins come from one address although several users log in and no trusted proxy is set: then the
 * address is probably a proxy's, and all users share one network's limits.
 */
final class AddressWatch {

    private static final Logger log = LoggerFactory.getLogger(AddressWatch.class);
    private static final int WINDOW = 100;
    private static final int MOST = 90;
    private static final int PEOPLE = 5;
    private static final Duration AGAIN = Duration.ofHours(1);

    private final boolean proxiesTrusted;
    private final Clock clock;
    private final Map<InetAddress, Integer> counts = new HashMap<>();
    private final Set<Integer> names = new HashSet<>();
    private int attempts;
    private Instant silentUntil = Instant.MIN;

    AddressWatch(boolean proxiesTrusted, Clock clock) {
        this.proxiesTrusted = proxiesTrusted;
        this.clock = clock;
    }

    void seen(LoginAttempt attempt) {
        if (!proxiesTrusted) {
            count(attempt);
        }
    }

    private synchronized void count(LoginAttempt attempt) {
        counts.merge(attempt.client(), 1, Integer::sum);
        names.add(attempt.credentials().username().hashCode());
        if (++attempts < WINDOW) {
            return;
        }
        judge();
        counts.clear();
        names.clear();
        attempts = 0;
    }

    private void judge() {
        Instant now = clock.instant();
        if (names.size() < PEOPLE || now.isBefore(silentUntil)) {
            return;
        }
        counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= MOST)
                .findFirst()
                .ifPresent(entry -> {
                    silentUntil = now.plus(AGAIN);
                    log.warn(
                            "{} of the last {} attempts to log in came from {}: if that is a proxy, name it in"
                                    + " identities.proxy.trusted-proxies, or all its clients share one limit",
                            entry.getValue(),
                            WINDOW,
                            entry.getKey().getHostAddress());
                });
    }
}
