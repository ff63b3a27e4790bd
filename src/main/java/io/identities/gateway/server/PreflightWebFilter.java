package io.identities.gateway.server;

import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.WebFilterOrder;
import java.util.List;
import java.util.Objects;
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
 * Answers preflights for every path, with or without a token; not on the management port, which has no request context.
 */
final class PreflightWebFilter implements WebFilter, Ordered {

    private final CorsPolicy policy;

    PreflightWebFilter(CorsPolicy policy) {
        this.policy = policy;
    }

    @Override
    public int getOrder() {
        return WebFilterOrder.PREFLIGHT;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean ours = policy.isConfigured() && RequestContext.find(exchange) != null;
        return ours && isPreflight(exchange.getRequest()) ? answer(exchange) : chain.filter(exchange);
    }

    static boolean isPreflight(ServerHttpRequest request) {
        return HttpMethod.OPTIONS.equals(request.getMethod())
                && single(request.getHeaders(), HttpHeaders.ORIGIN) != null
                && single(request.getHeaders(), HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null;
    }

    /** Null also for a duplicated header, which no browser sends. */
    static @Nullable String single(HttpHeaders headers, String name) {
        List<String> values = headers.getOrEmpty(name);
        return values.size() == 1 ? values.get(0) : null;
    }

    private Mono<Void> answer(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String origin = Objects.requireNonNull(headers.getFirst(HttpHeaders.ORIGIN));
        String method = Objects.requireNonNull(headers.getFirst(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD));
        String requested = String.join(",", headers.getOrEmpty(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
        HttpHeaders out = exchange.getResponse().getHeaders();
        if (!policy.onPreflight(origin, method, requested, out::set)) {
            return Refusal.of(ProblemCode.CORS_REFUSED).send(exchange);
        }
        exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
        return exchange.getResponse().setComplete();
    }
}
