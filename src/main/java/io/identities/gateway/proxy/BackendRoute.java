package io.identities.gateway.proxy;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The catch-all route: every request that no custom route matches goes to the backend. Absent without a backend. */
final class BackendRoute implements RouteLocator {

    static final String ID = "identities-backend";

    private final Flux<Route> routes;

    BackendRoute(@Nullable URI backend) {
        this.routes = backend == null ? Flux.empty() : Flux.just(catchAll(backend));
    }

    @Override
    public Flux<Route> getRoutes() {
        return routes;
    }

    private static Route catchAll(URI backend) {
        return Route.async()
                .id(ID)
                .uri(backend)
                .order(Ordered.LOWEST_PRECEDENCE)
                .asyncPredicate(exchange -> Mono.just(true))
                .build();
    }
}
