package io.identities.gateway.ops;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Turns requests that no endpoint handles (unknown paths, wrong methods, malformed bodies) and failures of endpoints,
 * which are logged, into problem responses with a code.
 */
final class ManagementErrorHandler implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ManagementErrorHandler.class);

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        boolean gone = failure instanceof AbortedException || AbortedException.isConnectionReset(failure);
        if (exchange.getResponse().isCommitted() || gone) {
            return Mono.error(failure);
        }
        HttpStatus status = failure instanceof ResponseStatusException refusal
                ? HttpStatus.resolve(refusal.getStatusCode().value())
                : null;
        if (status == null) {
            log.error("A request of the management port failed", failure);
            return ManagementProblem.of(HttpStatus.INTERNAL_SERVER_ERROR, "internal_error")
                    .send(exchange);
        }
        if (failure instanceof MethodNotAllowedException wrong) {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.setAllow(wrong.getSupportedMethods());
        }
        return ManagementProblem.of(status).send(exchange);
    }
}
