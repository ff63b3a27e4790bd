package io.identities.gateway.proxy;

import io.identities.gateway.access.BasePath;
import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Corrects the target of a request to the backend that a user's filter has changed: the framework's filters use only
 * the authority of the backend's address, and ignore the gateway's base path.
 */
final class CustomRouteTarget implements GlobalFilter, Ordered {

    private final BasePath basePath;
    private final String backendPath;

    /** @param backendPath prepended to every path; empty, or begins with a slash and ends without one */
    CustomRouteTarget(BasePath basePath, String backendPath) {
        this.basePath = basePath;
        this.backendPath = backendPath;
    }

    /**
     * Directly after the framework's filter that determines the target, and before any filter that a user places there.
     */
    @Override
    public int getOrder() {
        return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        URI chosen = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (chosen != null && route.getId().equals(BackendRoute.ID)) {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, atBackend(chosen));
        }
        return chain.filter(exchange);
    }

    /** A path outside the base path was set by a user's filter on purpose. */
    private URI atBackend(URI chosen) {
        String path = chosen.getRawPath();
        String below = basePath.below(path);
        String query = chosen.getRawQuery() == null ? "" : "?" + chosen.getRawQuery();
        return URI.create(chosen.getScheme() + "://" + chosen.getRawAuthority() + backendPath
                + (below == null ? path : below) + query);
    }
}
