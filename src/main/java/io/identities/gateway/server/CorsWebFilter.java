package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.WebFilterOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers preflights and puts the CORS headers on the response before anybody writes it, so that every answer has them
 * once, refusals and local endpoints included; the management port, which has no request context, is left alone. What a backend says of CORS gives way to what stands there already.
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
        if (!policy.isConfigured() || RequestContext.find(exchange) == null) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        String origin = single(request.getHeaders(), HttpHeaders.ORIGIN);
        String method = single(request.getHeaders(), HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        HttpHeaders out = exchange.getResponse().getHeaders();
        if (origin != null && method != null && HttpMethod.OPTIONS.equals(request.getMethod())) {
            return preflight(exchange, origin, method);
        }
        policy.onActualRequest(origin, out::set);
        return chain.filter(exchange);
    }

    private Mono<Void> preflight(ServerWebExchange exchange, String origin, String method) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String requested = String.join(",", headers.getOrEmpty(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
        HttpHeaders out = exchange.getResponse().getHeaders();
        if (!policy.onPreflight(origin, method, requested, out::set)) {
            return Refusal.of(ProblemCode.CORS_REFUSED).send(exchange);
        }
        exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
        return exchange.getResponse().setComplete();
    }

    /** Null also for a doubled header, which no browser sends. */
    private static @Nullable String single(HttpHeaders headers, String name) {
        List<String> values = headers.getOrEmpty(name);
        return values.size() == 1 ? values.get(0) : null;
    }
}
