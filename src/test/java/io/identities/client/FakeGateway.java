package io.identities.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway as its clients see it, on a real socket, by a clock that tests move. Everything is counted. */
final class FakeGateway implements AutoCloseable {

    static final String PASSWORD = "wonder\"land\\ \u00fc";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Clock clock;
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger serial = new AtomicInteger();
    private final AtomicInteger tokenRequestsUnderWay = new AtomicInteger();

    final AtomicInteger logins = new AtomicInteger();
    final AtomicInteger renewals = new AtomicInteger();
    final AtomicInteger revocations = new AtomicInteger();
    final AtomicInteger mostTokenRequestsAtOnce = new AtomicInteger();
    final List<String> apiBodies = new CopyOnWriteArrayList<>();
    final List<Integer> apiAnswers = new CopyOnWriteArrayList<>();

    volatile Duration lifetime = Duration.ofMinutes(10);
    volatile Duration sessionLimit = Duration.ofHours(1);
    volatile String password = PASSWORD;
    volatile Endpoint onLogin = this::logIn;
    volatile Endpoint onRenewal = this::renew;
    volatile Endpoint onRevocation = this::revoke;
    volatile Endpoint onApi = this::api;
    private volatile Instant sessionEnd = Instant.MIN;

    FakeGateway(Clock clock) {
        this(clock, "");
    }

    FakeGateway(Clock clock, String basePath) {
        this.clock = clock;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        serve(basePath + "/api/v1/authenticate", exchange -> counted(logins, onLogin, exchange));
        serve(basePath + "/api/v1/renewToken", exchange -> counted(renewals, onRenewal, exchange));
        serve(basePath + "/api/v1/revokeToken", exchange -> {
            revocations.incrementAndGet();
            onRevocation.answer(exchange);
        });
        serve(basePath + "/things", exchange -> onApi.answer(exchange));
        server.start();
    }

    @FunctionalInterface
    interface Endpoint {
        void answer(HttpExchange exchange) throws IOException;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What the gateway refuses from now on, whatever their own end is. */
    void forgetTokens() {
        tokens.clear();
    }

    boolean isGood(String token) {
        return clock.instant().isBefore(tokens.getOrDefault(token, Instant.MIN));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    void logIn(HttpExchange exchange) throws IOException {
        Map<String, Object> body =
                JsonReader.object(exchange.getRequestBody().readAllBytes()).orElseThrow();
        if (!"alice".equals(body.get("username")) || !password.equals(body.get("password"))) {
            problem(exchange, 400, "invalid_credentials");
            return;
        }
        sessionEnd = clock.instant().plus(sessionLimit);
        token(exchange);
    }

    void renew(HttpExchange exchange) throws IOException {
        if (isGood(bearer(exchange)) && clock.instant().isBefore(sessionEnd)) {
            token(exchange);
        } else {
            problem(exchange, 401, "invalid_token");
        }
    }

    void revoke(HttpExchange exchange) throws IOException {
        tokens.remove(bearer(exchange));
        exchange.sendResponseHeaders(204, -1);
    }

    void api(HttpExchange exchange) throws IOException {
        apiBodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        boolean good = isGood(bearer(exchange));
        apiAnswers.add(good ? 200 : 401);
        if (good) {
            send(exchange, 200, "{\"ok\":true}");
        } else {
            problem(exchange, 401, "invalid_token");
        }
    }

    static void problem(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.getResponseHeaders().set("X-Request-Id", "req-" + status);
        send(
                exchange,
                status,
                "{\"status\":" + status + ",\"code\":\"" + code + "\",\"requestId\":\"req-" + status + "\"}");
    }

    static void problem(HttpExchange exchange, int status, String code, String retryAfter) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
        problem(exchange, status, code);
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void token(HttpExchange exchange) throws IOException {
        Instant now = clock.instant();
        Instant end = now.plus(lifetime).isBefore(sessionEnd) ? now.plus(lifetime) : sessionEnd;
        String claims = "{\"jti\":\"" + serial.incrementAndGet() + "\",\"iat\":" + now.getEpochSecond() + ",\"exp\":"
                + end.getEpochSecond() + ",\"aud\":[\"a\",null],\"roles\":{}}";
        String token = part("{\"alg\":\"HS256\"}") + "." + part(claims) + ".c2ln";
        tokens.put(token, end);
        send(exchange, 200, "{\"username\":\"alice\",\"token\":\"" + token + "\"}");
    }

    private void counted(AtomicInteger counter, Endpoint endpoint, HttpExchange exchange) throws IOException {
        counter.incrementAndGet();
        mostTokenRequestsAtOnce.accumulateAndGet(tokenRequestsUnderWay.incrementAndGet(), Math::max);
        try {
            endpoint.answer(exchange);
        } finally {
            tokenRequestsUnderWay.decrementAndGet();
        }
    }

    private void serve(String path, Endpoint endpoint) {
        server.createContext(path, exchange -> {
            try (exchange) {
                endpoint.answer(exchange);
            }
        });
    }

    private static String bearer(HttpExchange exchange) {
        List<String> values = exchange.getRequestHeaders().getOrDefault("Authorization", List.of(""));
        return values.size() == 1 && values.get(0).startsWith("Bearer ")
                ? values.get(0).substring("Bearer ".length())
                : "";
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }
}
