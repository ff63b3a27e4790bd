package io.identities.gateway.ops;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Adds a problem body with a code to Actuator's refusals of unknown meters and health components, which have none. */
final class ProblemBodyWebFilter implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpResponse answer = new ServerHttpResponseDecorator(exchange.getResponse()) {
            @Override
            public Mono<Void> setComplete() {
                HttpStatus status = refusal(getStatusCode());
                return status == null || isCommitted()
                        ? super.setComplete()
                        : ManagementProblem.of(status).send(exchange);
            }
        };
        return chain.filter(exchange.mutate().response(answer).build());
    }

    private static @Nullable HttpStatus refusal(@Nullable HttpStatusCode status) {
        return status == null || !status.isError() ? null : HttpStatus.resolve(status.value());
    }
}
