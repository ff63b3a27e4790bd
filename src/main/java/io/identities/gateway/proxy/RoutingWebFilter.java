package io.identities.gateway.proxy;

import io.identities.gateway.http.RequestContext;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The last web filter: passes a request directly to its route's filters. Requests without a route, and all requests if
 * the application has handlers of its own, go to the dispatcher.
 */
final class RoutingWebFilter implements WebFilter, Ordered {

    private final RouteTable routes;
    private final RouteFilters filters;
    private final BooleanSupplier otherHandlers;
    private volatile @Nullable Boolean dispatched;

    /** @param otherHandlers whether anything else maps requests; evaluated once, at the first request */
    RoutingWebFilter(RouteTable routes, RouteFilters filters, BooleanSupplier otherHandlers) {
        this.routes = routes;
        this.filters = filters;
        this.otherHandlers = otherHandlers;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (RequestContext.find(exchange) == null || isDispatched()) {
            return chain.filter(exchange);
        }
        Route route = routes.find(exchange);
        if (route == null) {
            return chain.filter(exchange);
        }
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
        return filters.handle(exchange);
    }

    private boolean isDispatched() {
        Boolean known = dispatched;
        if (known == null) {
            known = otherHandlers.getAsBoolean();
            dispatched = known;
        }
        return known;
    }
}
