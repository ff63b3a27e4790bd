package io.identities.gateway.proxy;

import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Runs the filters of a route: all of them in the framework's order for a custom route; for the backend's route only
 * those that are needed, sorted once.
 */
final class RouteFilters extends FilteringWebHandler {

    private static final String STOCK = "org.springframework.cloud.gateway.";

    private final WebHandler backend;

    RouteFilters(List<GlobalFilter> filters) {
        super(filters, false);
        this.backend = forBackend(filters);
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route.getId().equals(BackendRoute.ID) ? backend.handle(exchange) : super.handle(exchange);
    }

    /**
     * The framework's filters have no effect on a request to the backend, but each has a cost. A user's global filter
     * may rely on them, so if there is one, all run.
     */
    private static WebHandler forBackend(List<GlobalFilter> filters) {
        List<GlobalFilter> needed =
                filters.stream().filter(RouteFilters::isNeeded).toList();
        List<GlobalFilter> theirs = filters.stream()
                .filter(filter -> !isNeeded(filter) && !isStock(filter))
                .toList();
        if (theirs.isEmpty()) {
            return direct(needed, filters.stream().filter(RouteFilters::isStock).toList());
        }
        List<GlobalFilter> all = new ArrayList<>(filters);
        all.replaceAll(filter -> theirs.contains(filter) && !isOrdered(filter) ? new BeforeRouting(filter) : filter);
        return new FilteringWebHandler(all, true);
    }

    /**
     * Every link is created once: the framework's chain creates and defers each link for every request, and looks its
     * filters up by the whole route. A request that a user's web filter has changed or redirected is left to the
     * framework's filters.
     */
    private static WebHandler direct(List<GlobalFilter> filters, List<GlobalFilter> stock) {
        List<GlobalFilter> ordered = new ArrayList<>(filters);
        AnnotationAwareOrderComparator.sort(ordered);
        GatewayFilterChain next = new FilteringWebHandler(stock, true)::handle;
        for (int i = ordered.size() - 1; i >= 0; i--) {
            GlobalFilter filter = ordered.get(i);
            GatewayFilterChain rest = next;
            next = exchange -> filter.filter(exchange, rest);
        }
        return next::filter;
    }

    private static boolean isNeeded(GlobalFilter filter) {
        return filter instanceof AccessGlobalFilter || filter instanceof LeanRoutingFilter;
    }

    private static boolean isStock(GlobalFilter filter) {
        return filter instanceof CustomRouteStreams
                || filter instanceof CustomRouteTarget
                || filter.getClass().getName().startsWith(STOCK);
    }

    private static boolean isOrdered(GlobalFilter filter) {
        return filter instanceof Ordered || AnnotationUtils.findAnnotation(filter.getClass(), Order.class) != null;
    }

    /**
     * A user's filter without an order runs last before the request is sent, as it does before the framework's routing
     * filter.
     */
    private record BeforeRouting(GlobalFilter filter) implements GlobalFilter, Ordered {

        @Override
        public int getOrder() {
            return LeanRoutingFilter.ORDER - 1;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            return filter.filter(exchange, chain);
        }
    }
}
