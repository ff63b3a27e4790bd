package io.identities.gateway.proxy;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.access.AccessRequest;
import io.identities.gateway.access.Denial;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The decision, enforced: every routed request, whoever defined its route, is judged here before any other filter may
 * act on it. What passes leaves with a {@link Passage}.
 */
final class AccessGlobalFilter implements GlobalFilter, Ordered {

    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE;

    private final Gatekeeper gatekeeper;
    private final SecurityEvents events;
    private final boolean tokenInSubprotocol;

    AccessGlobalFilter(Gatekeeper gatekeeper, SecurityEvents events, boolean tokenInSubprotocol) {
        this.gatekeeper = gatekeeper;
        this.events = events;
        this.tokenInSubprotocol = tokenInSubprotocol;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        SubprotocolOffer offer = offer(request);
        AccessRequest question = new AccessRequest(
                request.method().name(),
                RequestContext.of(exchange).target(),
                request.requestHeaders().getAll(HttpHeaderNames.AUTHORIZATION),
                offer == null ? null : offer.token());
        AccessDecision decision = gatekeeper.decideAtOnce(question);
        if (decision != null) {
            return enforce(decision, offer, exchange, chain);
        }
        return gatekeeper.decide(question).single().flatMap(late -> enforce(late, offer, exchange, chain));
    }

    private Mono<Void> enforce(
            AccessDecision decision,
            @Nullable SubprotocolOffer offer,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        return decision.fold(
                token -> pass(decision, new Passage(token, offer), exchange, chain),
                () -> pass(decision, offer == null ? Passage.ANONYMOUS : new Passage(null, offer), exchange, chain),
                denial -> refuse(decision, denial, exchange),
                cause -> {
                    events.publish(new Decision(Outcome.UNDECIDED, decision.reason(), Door.PROXY));
                    return Refusal.of(cause).send(exchange);
                });
    }

    private Mono<Void> pass(
            AccessDecision decision, Passage passage, ServerWebExchange exchange, GatewayFilterChain chain) {
        events.publish(new Decision(Outcome.ACCEPTED, decision.reason(), Door.PROXY));
        passage.attachTo(exchange);
        return chain.filter(exchange);
    }

    private Mono<Void> refuse(AccessDecision decision, Denial denial, ServerWebExchange exchange) {
        events.publish(new Decision(Outcome.REFUSED, decision.reason(), Door.PROXY));
        return Refusal.of(denial).send(exchange);
    }

    private @Nullable SubprotocolOffer offer(HttpServerRequest request) {
        if (!tokenInSubprotocol || !WebSocketHandshake.isOpenedBy(request)) {
            return null;
        }
        HttpHeaders headers = request.requestHeaders();
        return SubprotocolOffer.parse(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
    }
}
