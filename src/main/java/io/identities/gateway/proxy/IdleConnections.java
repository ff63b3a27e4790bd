package io.identities.gateway.proxy;

import java.time.Duration;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;

/**
 * Which connections to the backend may be reused. Those that were idle when another was found dead on a new request are
 * not: the cause (a restart, an expired firewall state, another machine behind the address) has rarely affected one
 * connection alone, and a request is retried only once. Thread-safe.
 */
final class IdleConnections {

    private final long maxIdleMillis;
    private volatile long lastDeath = System.nanoTime();

    IdleConnections(Duration maxIdleTime) {
        this.maxIdleMillis = maxIdleTime.toMillis();
    }

    void foundDead() {
        lastDeath = System.nanoTime();
    }

    /** Whether an idle connection must be closed rather than reused. */
    boolean isOver(Connection connection, ConnectionMetadata rest) {
        return !connection.channel().isActive()
                || !connection.isPersistent()
                || rest.idleTime() >= maxIdleMillis
                || BackendConnectionHandler.of(connection.channel()).hasRestedSince(lastDeath);
    }
}
