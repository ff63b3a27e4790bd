package io.identities.gateway.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.ChannelOption;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Fetches one configured address and follows no redirect. Bounded in time and size; fails with {@link JwksFetchFailure}
 * or the network's own exception.
 */
final class HttpJwksFetch implements Supplier<Mono<String>> {

    /** The longest that a DNS record is cached, whatever its TTL. */
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofSeconds(10);

    private final HttpClient client;
    private final URI uri;
    private final Duration timeout;
    private final int maxBytes;

    HttpJwksFetch(URI uri, Duration timeout, int maxBytes) {
        this.uri = uri;
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        this.client = following(HttpClient.newConnection()
                .followRedirect(false)
                .disableRetry(true)
                .compress(true)
                .proxyWithSystemProperties()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
                .headers(headers -> headers.set("Accept", "application/jwk-set+json, application/json")));
    }

    /** Bounds the DNS cache, so that address changes are followed; with a proxy, the proxy resolves the name. */
    static HttpClient following(HttpClient client) {
        return client.configuration().hasProxy()
                ? client
                : client.resolver(names -> names.cacheMaxTimeToLive(MAX_TIME_TO_LIVE));
    }

    @Override
    public Mono<String> get() {
        return client.get()
                .uri(uri)
                .response(this::body)
                .single()
                .timeout(timeout, Mono.error(() -> new JwksFetchFailure("timeout", "no answer within " + timeout)));
    }

    private Flux<String> body(HttpClientResponse response, ByteBufFlux content) {
        int status = response.status().code();
        if (status != 200) {
            return Flux.error(new JwksFetchFailure("bad_status", "status " + status + ", expected 200"));
        }
        return content.asByteArray()
                .collect(ByteArrayOutputStream::new, this::append)
                .map(bytes -> bytes.toString(UTF_8))
                .flux();
    }

    private void append(ByteArrayOutputStream body, byte[] part) {
        if (body.size() + part.length > maxBytes) {
            throw new JwksFetchFailure("too_large", "a body of more than " + maxBytes + " bytes");
        }
        body.writeBytes(part);
    }
}
