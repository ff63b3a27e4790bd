package io.identities.gateway.proxy;

import io.netty.resolver.AddressResolverGroup;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;
import reactor.util.context.Context;

/**
 * Ends the wait for a connection when the waiting call is cancelled. An {@code HttpClient} alone goes on waiting: the
 * call keeps its place in the queue, and the connection that it gets is closed (reactor-netty#3531). Thread-safe.
 */
final class CancellableConnections implements ConnectionProvider {

    private static final Object CANCELLED = CancellableConnections.class;

    private final ConnectionProvider connections;

    CancellableConnections(ConnectionProvider connections) {
        this.connections = connections;
    }

    /** Announces a cancellation of {@code call} to the wait for its connection. Supports one subscription at a time. */
    static <T> Mono<T> cancellable(Mono<T> call) {
        Sinks.Empty<Void> cancelled = Sinks.empty();
        return call.doOnCancel(cancelled::tryEmitEmpty).contextWrite(Context.of(CANCELLED, cancelled.asMono()));
    }

    @Override
    public Mono<? extends Connection> acquire(
            TransportConfig config,
            ConnectionObserver observer,
            @Nullable Supplier<? extends SocketAddress> remote,
            @Nullable AddressResolverGroup<?> resolver) {
        Mono<? extends Connection> connection = connections.acquire(config, observer, remote, resolver);
        return Mono.deferContextual(context -> connection.takeUntilOther(
                context.<Mono<Void>>getOrEmpty(CANCELLED).orElseGet(Mono::never)));
    }

    @Override
    public int maxConnections() {
        return connections.maxConnections();
    }

    @Override
    public Mono<Void> disposeLater() {
        return connections.disposeLater();
    }
}
