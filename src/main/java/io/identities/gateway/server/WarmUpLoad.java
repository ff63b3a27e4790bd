package io.identities.gateway.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The requests of a warm-up: mostly proxied, some refused, some answered locally. */
final class WarmUpLoad {

    private static final int PARALLEL = 8;

    /** The mix repeats after so many requests: about one in seven refused or local, a fifth with a body. */
    private static final int MIX = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String BODY = "{\"image\":\"" + "d2FybQ".repeat(300) + "\"}";

    private final int port;
    private final String token;

    WarmUpLoad(int port, String token) {
        this.port = port;
        this.token = token;
    }

    /** @return how many requests had the expected response */
    int run(WarmUpSettings settings) throws ExecutionException, InterruptedException, TimeoutException {
        try (WarmUpLoops loops = new WarmUpLoops("client")) {
            ConnectionProvider connections = ConnectionProvider.create(WarmUpSilence.THREADS, PARALLEL);
            try {
                return answered(client(connections, loops), settings);
            } finally {
                // Its connections close on their event loop, which must still run.
                connections.disposeLater().toFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private HttpClient client(ConnectionProvider connections, WarmUpLoops loops) {
        return HttpClient.create(connections)
                .runOn(loops.resources())
                .host("127.0.0.1")
                .port(port)
                .responseTimeout(PATIENCE);
    }

    private int answered(HttpClient client, WarmUpSettings settings)
            throws ExecutionException, InterruptedException, TimeoutException {
        long answered = Flux.range(0, settings.requests())
                .flatMap(number -> request(client, number).onErrorResume(error -> Mono.empty()), PARALLEL)
                .take(settings.maxDuration())
                .count()
                .toFuture()
                .get(settings.maxDuration().plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
        return Math.toIntExact(answered);
    }

    private Mono<Integer> request(HttpClient client, int number) {
        return switch (number % MIX) {
            case 0 -> send(client, HttpMethod.GET, "/warm-up", null, null, 401);
            case 1 -> send(client, HttpMethod.GET, "/warm-up", token + "x", null, 401);
            case 2 -> send(client, HttpMethod.GET, "/api/v1/renewToken", token, null, 200);
            case 3, 4, 5, 6 -> send(client, HttpMethod.POST, "/warm-up/" + number, token, BODY, 200);
            default -> send(client, HttpMethod.GET, "/warm-up/" + number + "?a=b", token, null, 200);
        };
    }

    private static Mono<Integer> send(
            HttpClient client,
            HttpMethod method,
            String uri,
            @Nullable String bearer,
            @Nullable String body,
            int expected) {
        HttpClient prepared = client.headers(headers -> {
            if (bearer != null) {
                headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + bearer);
            }
            if (body != null) {
                headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
            }
        });
        HttpClient.RequestSender request = prepared.request(method).uri(uri);
        HttpClient.ResponseReceiver<?> exchange =
                body == null ? request : request.send(ByteBufFlux.fromString(Mono.just(body)));
        return exchange.responseSingle((response, content) -> content.asByteArray()
                        .thenReturn(response.status().code())
                        .defaultIfEmpty(response.status().code()))
                .filter(status -> status == expected);
    }
}
