package io.identities.gateway.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.identities.gateway.credentials.LoginThrottle.Denied;
import java.net.InetAddress;
import java.time.Duration;

/** The networks that this replica has throttled and whose wait is not over. Bounded; thread-safe. */
public final class ThrottledNetworks {

    private final Cache<String, Duration> waits;
    private final ThrottleRules.Network network;

    /** @param maxEntries the most networks that are counted */
    ThrottledNetworks(ThrottleRules.Network network, int maxEntries, Ticker ticker) {
        this.network = network;
        this.waits = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(Expiry.writing((String key, Duration wait) -> wait))
                .build();
    }

    public long count() {
        waits.cleanUp();
        return waits.estimatedSize();
    }

    /** Decorates {@code throttle} to record its denials here. */
    LoginThrottle noting(LoginThrottle throttle) {
        return (username, client) -> throttle.admit(username, client).doOnNext(admission -> note(client, admission));
    }

    private void note(InetAddress client, LoginThrottle.Admission admission) {
        if (admission instanceof Denied denied) {
            waits.put(ThrottleKey.network(client, network), denied.retryAfter());
        }
    }
}
