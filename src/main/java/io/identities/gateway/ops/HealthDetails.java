package io.identities.gateway.ops;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.ReactiveHealthEndpointWebExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Health, its groups and its components with all details, at the endpoint's path. */
final class HealthDetails {

    private static final String MISSING = "'contributor' must not be null";

    private final @Nullable ReactiveHealthEndpointWebExtension health;
    private final String path;
    private final boolean amongOthers;

    /**
     * @param health null if the endpoint is not exposed
     * @param path of the endpoint; with a trailing slash if it has no path of its own and shares that of other
     *     endpoints
     */
    HealthDetails(@Nullable ReactiveHealthEndpointWebExtension health, @Nullable String path) {
        String clean = path == null ? "" : path.replaceAll("/+", "/");
        this.health = path == null ? null : health;
        this.amongOthers = clean.endsWith("/");
        this.path = amongOthers ? clean.substring(0, clean.length() - 1) : clean;
    }

    /** Whether this is a path of the health endpoint. */
    boolean isAt(String asked) {
        return health != null
                && (asked.equals(path) || asked.startsWith(path + "/") && (!amongOthers || asked.equals(path + "/")));
    }

    /** Responds with the health at {@code path}. */
    Mono<Void> send(ServerWebExchange exchange, String asked) {
        if (health == null) {
            return ManagementProblem.of(HttpStatus.NOT_FOUND).send(exchange);
        }
        String[] parts = Stream.of(asked.substring(path.length()).split("/"))
                .filter(part -> !part.isEmpty())
                .toArray(String[]::new);
        return orNotFound(
                exchange,
                Mono.defer(() -> health.health(
                                ApiVersion.V3, WebServerNamespace.MANAGEMENT, SecurityContext.NONE, true, parts))
                        .single()
                        .flatMap(answer -> send(exchange, answer)));
    }

    /** Boot's endpoint fails on a component below one that does not exist. */
    static Mono<Void> orNotFound(ServerWebExchange exchange, Mono<Void> answer) {
        return answer.onErrorResume(
                failure -> failure instanceof IllegalStateException && MISSING.equals(failure.getMessage()),
                failure -> ManagementProblem.of(HttpStatus.NOT_FOUND).send(exchange));
    }

    private static Mono<Void> send(ServerWebExchange exchange, WebEndpointResponse<? extends HealthDescriptor> answer) {
        if (answer.getBody() == null) {
            return ManagementProblem.of(HttpStatus.NOT_FOUND).send(exchange);
        }
        byte[] body = JsonMapper.shared().writeValueAsBytes(answer.getBody());
        ServerHttpResponse response = exchange.getResponse();
        response.setRawStatusCode(answer.getStatus());
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
