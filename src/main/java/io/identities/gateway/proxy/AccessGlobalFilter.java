package io.identities.gateway.proxy;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.access.AccessRequest;
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
 * Enforces the access decision on every routed request, whichever route it matches, before any other filter acts on it.
 * A request that passes carries an {@link AccessGrant}.
 */
final class AccessGlobalFilter implements GlobalFilter, Ordered {

    static final int ORDER = Ordered.HIGHEST_PRECEDENCE;

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
        RequestContext context = RequestContext.of(exchange);
        AccessRequest question = new AccessRequest(
                request.method().name(),
                context.target(),
                request.requestHeaders().getAll(HttpHeaderNames.AUTHORIZATION),
                offer == null ? null : offer.token(),
                context.id());
        AccessDecision decision = gatekeeper.decideAtOnce(question);
        if (decision != null) {
            return enforce(decision, offer, context, exchange, chain);
        }
        return gatekeeper.decide(question).single().flatMap(late -> enforce(late, offer, context, exchange, chain));
    }

    private Mono<Void> enforce(
            AccessDecision decision,
            @Nullable SubprotocolOffer offer,
            RequestContext context,
            ServerWebExchange exchange,
            GatewayFilterChain chain) {
        return decision.fold(
                token -> {
                    report(Outcome.ACCEPTED, decision, token.subject().name(), context);
                    return pass(new AccessGrant(token, offer), exchange, chain);
                },
                () -> {
                    report(Outcome.ACCEPTED, decision, null, context);
                    return pass(offer == null ? AccessGrant.ANONYMOUS : new AccessGrant(null, offer), exchange, chain);
                },
                denial -> {
                    report(Outcome.REFUSED, decision, null, context);
                    return Refusal.of(denial).send(exchange);
                },
                cause -> {
                    report(Outcome.UNDECIDED, decision, null, context);
                    return Refusal.of(cause).send(exchange);
                });
    }

    private void report(Outcome outcome, AccessDecision decision, @Nullable String user, RequestContext context) {
        String reason = decision.reason();
        context.notes().decided(outcome, reason, user);
        events.publish(new Decision(outcome, reason, Door.PROXY));
    }

    private static Mono<Void> pass(AccessGrant grant, ServerWebExchange exchange, GatewayFilterChain chain) {
        grant.attachTo(exchange);
        return chain.filter(exchange);
    }

    private @Nullable SubprotocolOffer offer(HttpServerRequest request) {
        if (!tokenInSubprotocol || !WebSocketHandshake.isOpenedBy(request)) {
            return null;
        }
        HttpHeaders headers = request.requestHeaders();
        return SubprotocolOffer.parse(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
    }
}
