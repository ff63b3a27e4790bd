package io.identities.gateway.proxy;

import java.util.List;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Several web filters as one. The framework's own chain puts a deferral and a checkpoint with a text of its own around
 * each; here only foreign filters get the deferral, because they may name the rest of the chain before it is to run.
 */
final class DirectWebFilters implements WebFilter {

    private static final String HOUSE = "io.identities.gateway.";

    private final WebFilter[] filters;
    private final boolean[] deferred;

    DirectWebFilters(List<WebFilter> filters) {
        this.filters = filters.toArray(WebFilter[]::new);
        this.deferred = new boolean[this.filters.length];
        for (int i = 0; i < deferred.length; i++) {
            deferred[i] = !this.filters[i].getClass().getName().startsWith(HOUSE);
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain rest) {
        return run(0, exchange, rest);
    }

    @Override
    public String toString() {
        return "DirectWebFilters";
    }

    private Mono<Void> run(int index, ServerWebExchange exchange, WebFilterChain rest) {
        if (index == filters.length) {
            return rest.filter(exchange);
        }
        WebFilterChain next = deferred[index]
                ? later -> Mono.defer(() -> run(index + 1, later, rest))
                : later -> run(index + 1, later, rest);
        return filters[index].filter(exchange, next);
    }
}
