package io.identities.gateway.ops;

import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Authorizes requests on the management port. Reading is open to every client that can reach the port; writing and
 * explaining require {@code application/json} and the management token in its header, which no page of another origin
 * can send; with the token, health shows its details.
 */
final class ManagementAuthorizationWebFilter implements WebFilter {

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final ManagementToken token;
    private final SecurityEvents events;
    private final HealthDetails health;

    ManagementAuthorizationWebFilter(ManagementToken token, SecurityEvents events, HealthDetails health) {
        this.token = token;
        this.events = events;
        this.health = health;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (READING.contains(exchange.getRequest().getMethod())) {
            return read(exchange, chain);
        }
        return token.exists() ? write(exchange, chain) : refuse(exchange, HttpStatus.NOT_FOUND, "not_found");
    }

    private Mono<Void> read(ServerWebExchange exchange, WebFilterChain chain) {
        String presented = presented(exchange);
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        if (!health.isAt(path)) {
            return chain.filter(exchange);
        }
        if (presented == null) {
            return HealthDetails.orNotFound(exchange, chain.filter(exchange));
        }
        return token.matches(presented)
                .flatMap(good ->
                        good ? health.send(exchange, path) : refuseCaller(exchange, "invalid_management_token"));
    }

    private Mono<Void> write(ServerWebExchange exchange, WebFilterChain chain) {
        String presented = presented(exchange);
        if (presented == null) {
            return refuseCaller(exchange, "missing_management_token");
        }
        return token.matches(presented).flatMap(good -> {
            if (!good) {
                return refuseCaller(exchange, "invalid_management_token");
            }
            return isJson(exchange)
                    ? chain.filter(exchange)
                    : refuse(exchange, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
        });
    }

    private static boolean isJson(ServerWebExchange exchange) {
        List<String> types = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.CONTENT_TYPE);
        return types.size() == 1 && types.get(0).split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }

    /** Null also for a duplicated header. */
    private static @Nullable String presented(ServerWebExchange exchange) {
        List<String> values = exchange.getRequest().getHeaders().getOrEmpty(ManagementToken.HEADER);
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Counted, so that guessing is noticed. */
    private Mono<Void> refuseCaller(ServerWebExchange exchange, String code) {
        events.publish(new Decision(Outcome.REFUSED, code, Door.MANAGEMENT));
        exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, ManagementToken.CHALLENGE);
        return refuse(exchange, HttpStatus.UNAUTHORIZED, code);
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String code) {
        return ManagementProblem.of(status, code).send(exchange);
    }
}
