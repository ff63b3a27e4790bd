package io.identities.gateway.proxy;

import java.time.Duration;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;

/**
 * Which connections to the backend may be used again. Those that rested while another was found dead, without a word on
 * a new request, are not: what has ended one (a restart, a firewall that forgot, another machine behind the address) has
 * seldom ended one alone, and a request is tried again only once. Thread-safe.
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

    /** Whether a connection that rests must be closed instead of used. */
    boolean isOver(Connection connection, ConnectionMetadata rest) {
        return !connection.channel().isActive()
                || !connection.isPersistent()
                || rest.idleTime() >= maxIdleMillis
                || BackendConnectionHandler.of(connection.channel()).hasRestedSince(lastDeath);
    }
}
