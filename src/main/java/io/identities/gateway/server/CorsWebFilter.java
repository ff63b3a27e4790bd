package io.identities.gateway.server;

import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.WebFilterOrder;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Puts the CORS headers on the response before anything writes it, so that every response has them once: refusals,
 * local endpoints, and forward-auth, because some proxies pass a refusal on to the browser. Skips preflights and the
 * management port, which has no request context. These headers take precedence over the backend's own.
 */
final class CorsWebFilter implements WebFilter, Ordered {

    private final CorsPolicy policy;

    CorsWebFilter(CorsPolicy policy) {
        this.policy = policy;
    }

    @Override
    public int getOrder() {
        return WebFilterOrder.CORS;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (policy.isConfigured()
                && RequestContext.find(exchange) != null
                && !PreflightWebFilter.isPreflight(request)) {
            String origin = PreflightWebFilter.single(request.getHeaders(), HttpHeaders.ORIGIN);
            policy.onActualRequest(origin, exchange.getResponse().getHeaders()::set);
        }
        return chain.filter(exchange);
    }
}
