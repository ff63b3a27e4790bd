package io.identities.gateway.proxy;

import io.identities.gateway.token.AccessToken;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends event streams on custom routes with their tokens, as {@link EventStreams} does for the backend's. Ordered right
 * after the access filter, so that it sees a response after all users' filters.
 */
final class CustomRouteStreams implements GlobalFilter, Ordered {

    private final EventStreams events;

    CustomRouteStreams(EventStreams events) {
        this.events = events;
    }

    @Override
    public int getOrder() {
        return AccessGlobalFilter.ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        WatchedResponse response =
                new WatchedResponse(exchange, AccessGrant.of(exchange).token());
        return chain.filter(exchange.mutate().response(response).build());
    }

    private final class WatchedResponse extends ServerHttpResponseDecorator {

        private final ServerWebExchange exchange;
        private final @Nullable AccessToken token;

        WatchedResponse(ServerWebExchange exchange, @Nullable AccessToken token) {
            super(exchange.getResponse());
            this.exchange = exchange;
            this.token = token;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return isStream() ? super.writeWith(watch(body)) : super.writeWith(body);
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return isStream() ? super.writeAndFlushWith(watch(body)) : super.writeAndFlushWith(body);
        }

        private <T> Flux<T> watch(Publisher<T> body) {
            // It may end before the response does.
            getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
            return events.endWithToken(token, Flux.from(body));
        }

        /** Whether the framework's filters have received a response and it is a stream. */
        private boolean isStream() {
            return exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR) != null
                    && EventStreams.isOne(getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        }
    }
}
