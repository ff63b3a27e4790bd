package io.identities.gateway.proxy;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The connections to the backend. Streams have their own, so that they do not use up those of requests.
 *
 * @param kept which of them may be reused
 */
record BackendPools(EventLoopConnections requests, ConnectionProvider streams, IdleConnections kept) {

    private static final Duration EVICTION = Duration.ofSeconds(5);

    /** Bounds the queue; a request that would wait behind more would exceed its acquire time-out anyway. */
    private static final int WAITING_PER_CONNECTION = 4;

    /** @param loops whose threads read the requests: each has connections of its own */
    static BackendPools of(BackendSettings settings, LoopResources loops) {
        IdleConnections kept = new IdleConnections(settings.maxIdleTime());
        EventLoopConnections requests = new EventLoopConnections(
                loops.onClient(LoopResources.DEFAULT_NATIVE),
                settings.maxConnections(),
                (permits, figures) -> pool(settings, "requests", settings.maxConnections(), kept)
                        .allocationStrategy(permits)
                        .metrics(true, () -> figures)
                        .build());
        ConnectionProvider streams = pool(settings, "streams", settings.maxStreams(), kept)
                .maxConnections(settings.maxStreams())
                .build();
        return new BackendPools(requests, streams, kept);
    }

    /** Closes all connections and stops the eviction of idle ones; completes when the event loops have closed them. */
    Mono<Void> closeLater() {
        return Mono.whenDelayError(requests.disposeLater(), streams.disposeLater())
                .onErrorComplete();
    }

    private static ConnectionProvider.Builder pool(
            BackendSettings settings, String purpose, int connections, IdleConnections kept) {
        return ConnectionProvider.builder("identities-backend-" + purpose)
                .pendingAcquireMaxCount(connections * WAITING_PER_CONNECTION)
                .pendingAcquireTimeout(settings.acquireTimeout())
                .maxLifeTime(settings.maxConnectionAge())
                .evictionPredicate(kept::isOver)
                .evictInBackground(EVICTION)
                .lifo();
    }
}
