package io.identities.gateway.http;

import io.identities.gateway.audit.EcsField;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Turns unhandled errors into problem responses: Spring's own refusals keep their status, everything else is a 500 and
 * is logged once. Nothing of the request or the exception reaches the client. The management port keeps Spring's own
 * handling.
 */
final class LastResortErrorHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(LastResortErrorHandler.class);

    /** Just before Spring Boot's own. */
    private static final int BEFORE_BOOT = -10;

    /** The status that other proxies log in this case; not a registered one. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    @Override
    public int getOrder() {
        return BEFORE_BOOT;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        RequestContext context = RequestContext.find(exchange);
        if (context == null || exchange.getResponse().isCommitted()) {
            return Mono.error(error);
        }
        if (error instanceof AbortedException) {
            return leave(exchange);
        }
        if (AbortedException.isConnectionReset(error)) {
            return Mono.error(error);
        }
        if (error instanceof ErrorResponse response) {
            return refusal(response).send(exchange);
        }
        log.atError()
                .addKeyValue(EcsField.REQUEST_ID, context.id())
                .setCause(error)
                .log("Request {} failed", context.id());
        return Refusal.of(ProblemCode.INTERNAL_ERROR).send(exchange);
    }

    /** The client has gone, which is not worth a log line; one that still reads must not see a success. */
    private static Mono<Void> leave(ServerWebExchange exchange) {
        exchange.getResponse().setRawStatusCode(CLIENT_CLOSED_REQUEST);
        return exchange.getResponse().setComplete();
    }

    private static Refusal refusal(ErrorResponse response) {
        Refusal refusal = Refusal.of(code(response.getStatusCode().value()));
        List<String> allow = response.getHeaders().getOrEmpty(HttpHeaders.ALLOW);
        return allow.isEmpty() ? refusal : refusal.allow(String.join(", ", allow));
    }

    private static ProblemCode code(int status) {
        return switch (status) {
            case 404 -> ProblemCode.NOT_FOUND;
            case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
            case 408 -> ProblemCode.REQUEST_TIMEOUT;
            case 413 -> ProblemCode.BODY_TOO_LARGE;
            case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
            case 417 -> ProblemCode.EXPECTATION_FAILED;
            case 431 -> ProblemCode.HEADERS_TOO_LARGE;
            case 501 -> ProblemCode.METHOD_NOT_IMPLEMENTED;
            case 502 -> ProblemCode.BACKEND_FAILED;
            case 503 -> ProblemCode.BACKEND_UNAVAILABLE;
            case 504 -> ProblemCode.BACKEND_TIMEOUT;
            default -> status >= 400 && status < 500 ? ProblemCode.INVALID_REQUEST : ProblemCode.INTERNAL_ERROR;
        };
    }
}
