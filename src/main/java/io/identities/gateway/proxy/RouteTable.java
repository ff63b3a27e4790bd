package io.identities.gateway.proxy;

import io.identities.gateway.audit.EcsField;
import io.identities.gateway.http.RequestContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.ApplicationListener;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;

/**
 * All routes in their order, updated on each refresh of the routes, so that a request is matched without a publisher, a
 * sort or a log line. Thread-safe.
 */
final class RouteTable implements ApplicationListener<RefreshRoutesResultEvent> {

    private static final Logger log = LoggerFactory.getLogger(RouteTable.class);
    private static final Route[] NOT_YET = {};

    private final RouteLocator routes;
    private volatile Route[] snapshot = NOT_YET;

    RouteTable(RouteLocator routes) {
        this.routes = routes;
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        if (event.isSuccess()) {
            routes.getRoutes()
                    .collectList()
                    .subscribe(this::replace, failure -> log.warn("Cannot read the routes, keeping the last", failure));
        }
    }

    /**
     * The first route that matches.
     *
     * @return null if none does, or a predicate is asynchronous: the framework's own mapping decides then
     */
    @Nullable Route find(ServerWebExchange exchange) {
        for (Route route : snapshot) {
            Boolean matches = matches(route, exchange);
            if (matches == null) {
                return null;
            }
            if (matches) {
                return route;
            }
        }
        return null;
    }

    private void replace(List<Route> fresh) {
        snapshot = fresh.toArray(Route[]::new);
    }

    /** @return null if the predicate is asynchronous; a failing one does not match, as in the framework's mapping */
    private static @Nullable Boolean matches(Route route, ServerWebExchange exchange) {
        if (route.getId().equals(BackendRoute.ID)) {
            return true;
        }
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
        try {
            AtOnce answer = new AtOnce();
            route.getPredicate().apply(exchange).subscribe(answer);
            return answer.value();
        } catch (RuntimeException e) {
            String requestId = RequestContext.of(exchange).id();
            log.atError()
                    .addKeyValue(EcsField.REQUEST_ID, requestId)
                    .setCause(e)
                    .log("The predicate of route {} failed for request {}", route.getId(), requestId);
            return false;
        } finally {
            exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        }
    }

    /** Accepts only a result that is emitted during the subscription. */
    private static final class AtOnce implements CoreSubscriber<Boolean> {

        private @Nullable Boolean answer;
        private @Nullable Throwable failure;
        private boolean done;
        private @Nullable Subscription subscription;

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Boolean matches) {
            answer = matches;
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
            done = true;
        }

        @Override
        public void onComplete() {
            done = true;
        }

        @Nullable Boolean value() {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            if (!done) {
                if (subscription != null) {
                    subscription.cancel();
                }
                return null;
            }
            return Boolean.TRUE.equals(answer);
        }
    }
}
