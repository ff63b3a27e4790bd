package io.identities.gateway.session;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.WebFilterOrder;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Sends requests for local paths to their endpoint, and answers near misses with 404 so that a password never travels
 * to the backend by accident (PATH-12). Everything else goes on.
 */
final class LocalEndpointsWebFilter implements WebFilter, Ordered {

    private static final Refusal NEAR_MISS = Refusal.of(ProblemCode.NOT_FOUND);

    private final LocalEndpoint[] endpoints;

    LocalEndpointsWebFilter(List<LocalEndpoint> endpoints) {
        this.endpoints = endpoints.toArray(LocalEndpoint[]::new);
    }

    @Override
    public int getOrder() {
        return WebFilterOrder.LOCAL_ENDPOINTS;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        RequestContext context = RequestContext.find(exchange);
        if (context == null) {
            return chain.filter(exchange);
        }
        RequestTarget target = context.target();
        for (LocalEndpoint endpoint : endpoints) {
            if (endpoint.isAt(target)) {
                return endpoint.answer(exchange);
            }
        }
        return isNearMiss(target) ? NEAR_MISS.send(exchange) : chain.filter(exchange);
    }

    private boolean isNearMiss(RequestTarget target) {
        for (LocalEndpoint endpoint : endpoints) {
            if (endpoint.isNear(target)) {
                return true;
            }
        }
        return false;
    }
}
