package io.identities.gateway.forwardauth;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.WebFilterOrder;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Handles every request to the forward-auth path, by any method, before the other filters. */
final class ForwardAuthWebFilter implements WebFilter, Ordered {

    private static final Refusal NEAR_MISS = Refusal.of(ProblemCode.NOT_FOUND);

    private final String path;
    private final String looseReading;
    private final ForwardAuth forwardAuth;

    ForwardAuthWebFilter(String path, ForwardAuth forwardAuth) {
        this.path = path;
        this.looseReading = RequestTarget.of(path).looseReading();
        this.forwardAuth = forwardAuth;
    }

    @Override
    public int getOrder() {
        return WebFilterOrder.FORWARD_AUTH;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        RequestContext context = RequestContext.find(exchange);
        if (context == null || !context.target().isBelowBasePath()) {
            return chain.filter(exchange);
        }
        RequestTarget target = context.target();
        if (isAtOrBelow(target.rawPath())) {
            return forwardAuth.answer(exchange, target.pathAndQuery().substring(path.length()));
        }
        boolean nearMiss = !target.isAmbiguous() && target.readsLoosely(looseReading);
        return nearMiss ? NEAR_MISS.send(exchange) : chain.filter(exchange);
    }

    private boolean isAtOrBelow(String rawPath) {
        return rawPath.startsWith(path) && (rawPath.length() == path.length() || rawPath.charAt(path.length()) == '/');
    }
}
