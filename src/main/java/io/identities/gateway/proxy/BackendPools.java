package io.identities.gateway.proxy;

import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The connections to the backend. Streams have their own, so that they do not use up those of requests.
 *
 * @param kept which of them may be used again
 */
record BackendPools(EventLoopConnections requests, ConnectionProvider streams, IdleConnections kept) {

    private static final Duration EVICTION = Duration.ofSeconds(5);

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

    /** Completes when the event loops have closed every connection; the eviction of idle ones would go on without. */
    Mono<Void> closeLater() {
        return Mono.whenDelayError(requests.disposeLater(), streams.disposeLater())
                .onErrorComplete();
    }

    private static ConnectionProvider.Builder pool(
            BackendSettings settings, String purpose, int connections, IdleConnections kept) {
        return ConnectionProvider.builder("identities-backend-" + purpose)
                .pendingAcquireMaxCount(connections * 4)
                .pendingAcquireTimeout(settings.acquireTimeout())
                .maxLifeTime(settings.maxConnectionAge())
                .evictionPredicate(kept::isOver)
                .evictInBackground(EVICTION)
                .lifo();
    }
}
