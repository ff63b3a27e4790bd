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
 * Puts the CORS headers on the response before anybody writes it, so that every answer has them once: refusals, local
 * endpoints, and what another proxy is told, because some hand a refusal on to the browser. Preflights and the management
 * port, which has no request context, are left alone. What a backend says of CORS gives way to what stands there already.
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
