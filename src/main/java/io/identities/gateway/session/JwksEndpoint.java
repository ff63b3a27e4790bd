package io.identities.gateway.session;

import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.keys.PublishedKeys;
import io.identities.gateway.keys.PublishedKeys.JwksDocument;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET /.well-known/jwks.json}: the public keys (RFC 7517), cacheable; 404 where all keys are secrets. */
final class JwksEndpoint implements LocalEndpoint.Answer {

    private static final Refusal NONE = Refusal.of(ProblemCode.NOT_FOUND);

    private final PublishedKeys keys;

    JwksEndpoint(PublishedKeys keys) {
        this.keys = keys;
    }

    @Override
    public Mono<Void> to(ServerWebExchange exchange) {
        return keys.current().map(document -> send(exchange, document)).orElseGet(() -> NONE.send(exchange));
    }

    private static Mono<Void> send(ServerWebExchange exchange, JwksDocument document) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.setCacheControl(CacheControl.maxAge(document.maxAge()).cachePublic());
        headers.set("X-Content-Type-Options", "nosniff");
        if (exchange.checkNotModified(document.etag())) {
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.OK);
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(document.json().length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(document.json())));
    }
}
