package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Somebody's key set on a real socket, with every fault one could wish for. Counts the requests. */
public final class JwksEndpoint implements AutoCloseable {

    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private final DisposableServer server;
    private volatile int status = 200;
    private volatile byte[] body = "{\"keys\":[]}".getBytes(UTF_8);
    private volatile Duration delay = Duration.ZERO;

    private JwksEndpoint() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    headers.forEach(response::header);
                    byte[] bytes = body;
                    Duration pause = delay;
                    // Whoever sees it counted may change what the next one gets.
                    count.incrementAndGet();
                    Mono<byte[]> answer = pause.isZero()
                            ? Mono.just(bytes)
                            : Mono.delay(pause).thenReturn(bytes);
                    return response.status(status).sendByteArray(answer);
                })
                .bindNow();
    }

    public static JwksEndpoint start() {
        return new JwksEndpoint();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port() + "/jwks.json");
    }

    /** The body from now on. */
    public JwksEndpoint answer(String body) {
        this.body = body.getBytes(UTF_8);
        return this;
    }

    /** The same in the coding that its header names, whatever the client accepts. */
    public JwksEndpoint answerInGzip(String text) {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            gzip.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.body = coded.toByteArray();
        return header("Content-Encoding", "gzip");
    }

    public JwksEndpoint status(int status) {
        this.status = status;
        return this;
    }

    public JwksEndpoint header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Before every answer from now on. */
    public JwksEndpoint delay(Duration delay) {
        this.delay = delay;
        return this;
    }

    /** How many requests have come. */
    public int count() {
        return count.get();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(1));
    }
}
