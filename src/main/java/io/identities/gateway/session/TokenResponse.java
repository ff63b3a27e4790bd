package io.identities.gateway.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.identities.gateway.token.IssuedToken;
import java.io.ByteArrayOutputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.core.io.JsonStringEncoder;

/** {@code 200 {"username": "…", "token": "…"}}, never stored, never conditional, never partial. */
final class TokenResponse {

    private static final byte[] BEFORE_NAME = "{\"username\":\"".getBytes(US_ASCII);
    private static final byte[] BEFORE_TOKEN = "\",\"token\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);

    private TokenResponse() {}

    static Mono<Void> send(ServerWebExchange exchange, IssuedToken issued) {
        byte[] body = body(issued);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(body.length);
        notStored(headers);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    static void notStored(HttpHeaders headers) {
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.set(HttpHeaders.PRAGMA, "no-cache");
        headers.set("X-Content-Type-Options", "nosniff");
    }

    private static byte[] body(IssuedToken issued) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.writeBytes(BEFORE_NAME);
        out.writeBytes(JsonStringEncoder.getInstance()
                .quoteAsUTF8(issued.token().subject().name()));
        out.writeBytes(BEFORE_TOKEN);
        out.writeBytes(issued.bearer().compact().getBytes(US_ASCII));
        out.writeBytes(END);
        return out.toByteArray();
    }
}
