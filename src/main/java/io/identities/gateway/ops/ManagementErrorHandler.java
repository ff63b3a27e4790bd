package io.identities.gateway.ops;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** What no endpoint answers (unknown paths, wrong methods, bodies that cannot be read), as a problem with a code. */
final class ManagementErrorHandler implements WebExceptionHandler {

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (!(failure instanceof ResponseStatusException refusal)
                || exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        HttpStatus status = HttpStatus.resolve(refusal.getStatusCode().value());
        if (status == null) {
            return Mono.error(failure);
        }
        if (refusal instanceof MethodNotAllowedException wrong) {
            HttpHeaders headers = exchange.getResponse().getHeaders();
            headers.setAllow(wrong.getSupportedMethods());
        }
        return ManagementProblem.of(status).send(exchange);
    }
}
