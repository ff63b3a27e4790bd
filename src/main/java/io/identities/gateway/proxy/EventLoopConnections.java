package io.identities.gateway.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * Connections to one address with a pool per event loop: a request is sent, and its response received, by the loop that
 * has read it. With a single pool every second request would change threads twice. The limit applies to all loops
 * together. Thread-safe.
 */
final class EventLoopConnections implements ConnectionProvider {

    /** With fewer connections per loop, one would too often wait while another has an idle connection. */
    private static final int WORTH_KEEPING_APART = 32;

    /** Creates the pool of one loop. */
    @FunctionalInterface
    interface PoolMaker {
        ConnectionProvider make(AllocationStrategy<?> permits, MeterRegistrar figures);
    }

    private final LoopPool[] pools;
    private final int limit;
    private final AtomicInteger left;

    /**
     * @param limit the most connections in all
     * @param pool creates a pool with the given allocation strategy and metrics registrar
     */
    EventLoopConnections(EventLoopGroup loops, int limit, PoolMaker pool) {
        this.limit = limit;
        this.left = new AtomicInteger(limit);
        this.pools = pools(loops, pool);
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remote,
            @Nullable AddressResolverGroup<?> resolver) {
        return pool().connections.acquire(config, observer, remote, resolver);
    }

    /** Whether there may be no other connection, so that requests may be waiting for one that is in use. */
    boolean isExhausted() {
        return left.get() <= 0;
    }

    @Override
    public int maxConnections() {
        return limit;
    }

    @Override
    public Mono<Void> disposeLater() {
        List<Mono<Void>> ends = new ArrayList<>();
        for (LoopPool pool : pools) {
            ends.add(pool.connections.disposeLater());
        }
        return Mono.whenDelayError(ends);
    }

    private LoopPool[] pools(EventLoopGroup loops, PoolMaker pool) {
        List<LoopPool> each = new ArrayList<>();
        loops.forEach(loop -> each.add(new LoopPool(loop, pool)));
        int apart = limit / each.size() >= WORTH_KEEPING_APART ? each.size() : 1;
        return each.subList(0, apart).toArray(LoopPool[]::new);
    }

    private LoopPool pool() {
        for (LoopPool pool : pools) {
            if (pool.loop.inEventLoop()) {
                return pool.canServe() ? pool : besides(pool);
            }
        }
        return pools[0];
    }

    /** Uses another loop's idle connection, for which a loop without a permit would otherwise wait in vain. */
    private LoopPool besides(LoopPool busy) {
        for (LoopPool pool : pools) {
            if (pool.hasIdle()) {
                return pool;
            }
        }
        return busy.open.get() > 0 ? busy : largest();
    }

    private LoopPool largest() {
        LoopPool largest = pools[0];
        for (LoopPool pool : pools) {
            if (pool.open.get() > largest.open.get()) {
                largest = pool;
            }
        }
        return largest;
    }

    /** The connections of one loop and their number, as the allocation strategy of its pool. */
    private final class LoopPool implements AllocationStrategy<LoopPool>, MeterRegistrar {

        private final EventExecutor loop;
        private final ConnectionProvider connections;
        private final AtomicInteger open = new AtomicInteger();
        private volatile @Nullable ConnectionPoolMetrics figures;

        LoopPool(EventExecutor loop, PoolMaker pool) {
            this.loop = loop;
            this.connections = pool.make(this, this);
        }

        /** Whether a request gets an idle or a new connection at once. */
        boolean canServe() {
            return left.get() > 0 || hasIdle();
        }

        boolean hasIdle() {
            ConnectionPoolMetrics known = figures;
            return known != null && known.idleSize() > 0;
        }

        @Override
        public void registerMetrics(String name, String id, SocketAddress remote, ConnectionPoolMetrics metrics) {
            figures = metrics;
        }

        @Override
        public LoopPool copy() {
            return this;
        }

        @Override
        public int getPermits(int desired) {
            int had = left.getAndUpdate(now -> now - Math.min(now, desired));
            int granted = Math.min(had, desired);
            open.addAndGet(granted);
            return granted;
        }

        @Override
        public void returnPermits(int returned) {
            open.addAndGet(-returned);
            left.addAndGet(returned);
        }

        /** Another loop may take what is left, and a pool puts no limit to the wait where it counts on a permit. */
        @Override
        public int estimatePermitCount() {
            return 0;
        }

        @Override
        public int permitGranted() {
            return open.get();
        }

        @Override
        public int permitMinimum() {
            return 0;
        }

        @Override
        public int permitMaximum() {
            return limit;
        }
    }
}
