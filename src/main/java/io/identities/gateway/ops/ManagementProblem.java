package io.identities.gateway.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * An error response of the management port, with an RFC 9457 body like those of the public port. Echoes nothing of the
 * request.
 *
 * @param code stable, in {@code snake_case}
 * @param detail what was expected, for humans; null if the code is sufficient
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ManagementProblem(
        String type,
        String title,
        int status,
        String code,
        @Nullable String detail) {

    /** With the status itself as its code. */
    static ManagementProblem of(HttpStatus status) {
        return of(
                status,
                status == HttpStatus.BAD_REQUEST
                        ? "invalid_request"
                        : status.name().toLowerCase(Locale.ROOT));
    }

    static ManagementProblem of(HttpStatus status, String code) {
        return new ManagementProblem("about:blank", status.getReasonPhrase(), status.value(), code, null);
    }

    ManagementProblem because(String expectation) {
        return new ManagementProblem(type, title, status, code, expectation);
    }

    /** As the response of an endpoint. */
    WebEndpointResponse<Object> answer() {
        return new WebEndpointResponse<>(this, status, MediaType.APPLICATION_PROBLEM_JSON);
    }

    /** As the response to an exchange; completes when it is written. */
    Mono<Void> send(ServerWebExchange exchange) {
        byte[] body = JsonMapper.shared().writeValueAsBytes(this);
        ServerHttpResponse response = exchange.getResponse();
        response.setRawStatusCode(status);
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
