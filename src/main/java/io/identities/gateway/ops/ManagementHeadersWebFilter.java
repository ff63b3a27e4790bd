package io.identities.gateway.ops;

import java.time.InstantSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The outermost filter of the management port: adds the headers that every response has, including {@code Date} (RFC
 * 9110 section 6.6.1), and removes the port's own base path.
 */
final class ManagementHeadersWebFilter implements WebFilter {

    private final String basePath;
    private final InstantSource clock;

    /** @param basePath of the port, with a leading slash and no trailing one; empty for none */
    ManagementHeadersWebFilter(String basePath, InstantSource clock) {
        this.basePath = basePath;
        this.clock = clock;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        protect(exchange.getResponse().getHeaders());
        if (basePath.isEmpty()) {
            return chain.filter(exchange);
        }
        ServerHttpRequest request = exchange.getRequest();
        if (!isBelow(request.getPath().value())) {
            return ManagementProblem.of(HttpStatus.NOT_FOUND).send(exchange);
        }
        ServerHttpRequest below = request.mutate().contextPath(basePath).build();
        return chain.filter(exchange.mutate().request(below).build());
    }

    private boolean isBelow(String path) {
        return path.equals(basePath) || path.startsWith(basePath + "/");
    }

    private void protect(HttpHeaders headers) {
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.setDate(HttpHeaders.DATE, clock.millis());
    }
}
