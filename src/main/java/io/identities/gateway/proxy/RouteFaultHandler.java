package io.identities.gateway.proxy;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Maps failures of calls on custom routes to the same responses as on the catch-all route, rather than a 500. Runs
 * after the filters of the route, which may handle the failure themselves.
 */
final class RouteFaultHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(RouteFaultHandler.class);

    private static final int BEFORE_LAST_RESORT = -20;

    @Override
    public int getOrder() {
        return BEFORE_LAST_RESORT;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        RequestContext context = RequestContext.find(exchange);
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (context == null || route == null || !isFault(exchange, failure)) {
            return Mono.error(failure);
        }
        ProblemCode code = BackendFault.of(failure);
        log.atWarn()
                .addKeyValue(EcsField.REQUEST_ID, context.id())
                .log(
                        "Call {} on route {} ended as {}: {}",
                        context.id(),
                        route.getId(),
                        code.code(),
                        BackendFault.describe(failure));
        return Refusal.of(code).send(exchange);
    }

    private static boolean isFault(ServerWebExchange exchange, Throwable failure) {
        return BackendFault.isOfTheConnection(failure)
                && !exchange.getResponse().isCommitted()
                && !LeanRoutingFilter.isClientGone(
                        ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest()), failure);
    }
}
