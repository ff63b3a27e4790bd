package io.identities.gateway.http;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses ambiguous targets (400) and targets outside the base path (404). */
final class TargetWebFilter implements WebFilter, Ordered {

    private static final Refusal AMBIGUOUS = Refusal.of(ProblemCode.AMBIGUOUS_REQUEST);
    private static final Refusal OUTSIDE = Refusal.of(ProblemCode.NOT_FOUND);

    @Override
    public int getOrder() {
        return WebFilterOrder.TARGET;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        RequestContext context = RequestContext.find(exchange);
        if (context == null) {
            return chain.filter(exchange);
        }
        if (context.target().isAmbiguous()) {
            return AMBIGUOUS.send(exchange);
        }
        return context.target().isBelowBasePath() ? chain.filter(exchange) : OUTSIDE.send(exchange);
    }
}
