package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.GatewayProcess;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;

/** Two replicas on one Redis, each a process: one in this JVM, the other in a JVM of its own. */
@Timeout(300)
class SharedRevocationIT {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static RedisProcess redis;
    private static DisposableServer backend;
    private static GatewayProcess process;
    private static RunningGateway gateway;
    private static int here;
    private static int there;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        backend = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(SharedRevocationIT::routes)
                .bindNow();
        process = GatewayProcess.launch(settings());
        gateway = RunningGateway.with(settings()).start();
        here = gateway.port();
        there = process.port();
        for (int replica : List.of(here, there)) {
            await().atMost(PATIENCE)
                    .until(() ->
                            ask(replica, "GET /identities/1", session("first")).status() == 200);
        }
    }

    @AfterAll
    static void stop() {
        process.close();
        gateway.close();
        backend.disposeNow();
        redis.close();
    }

    @Test
    void aTokenGivenUpAtOneReplicaIsRefusedAtTheOtherEveryTime() throws IOException {
        Duration slowest = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            slowest = longer(slowest, untilRefusedElsewhere("try-" + i, i % 2 == 0 ? here : there));
        }
        System.out.printf("Refused elsewhere after at most %d ms%n", slowest.toMillis());
    }

    @Test
    void whileOneReplicaRenewsInALoopTheOtherEndsTheSessionForGood() throws IOException {
        endsARenewingSession(here, there, "looping");
    }

    @Test
    void openStreamsOfTheTokenEndOnBothReplicasAndOthersGoOn() throws IOException {
        Duration slowest = endsStreams(here, there, "streaming");
        System.out.printf("Streams ended after at most %d ms%n", slowest.toMillis());
    }

    @Test
    @Tag("cases-full")
    void withTwoJvmsOfTheirOwnNothingTakesASecondInAHundredTries() throws IOException {
        try (GatewayProcess third = GatewayProcess.launch(settings())) {
            int another = third.port();
            await().atMost(PATIENCE)
                    .until(() ->
                            ask(another, "GET /identities/1", session("first")).status() == 200);
            Duration slowest = Duration.ZERO;
            for (int i = 0; i < 100; i++) {
                String token = session("full-" + i);
                int one = i % 2 == 0 ? there : another;
                int other = i % 2 == 0 ? another : there;
                assertThat(ask(other, "GET /identities/1", token).status()).isEqualTo(200);
                slowest = longer(slowest, refusedAfter(token, one, other));
            }
            Duration renewals = endsARenewingSession(another, there, "full-looping");
            Duration streams = endsStreams(another, there, "full-streaming");
            System.out.printf(
                    "100 tries: refused elsewhere after at most %d ms, a renewing session after %d ms, streams after %d ms%n",
                    slowest.toMillis(), renewals.toMillis(), streams.toMillis());
            assertThat(List.of(slowest, renewals, streams)).allMatch(took -> took.compareTo(A_SECOND) < 0);
        }
    }

    @Test
    void theThrottleCountsTheAttemptsOnBothTogether() throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            statuses.add(login(i % 2 == 0 ? here : there));
        }
        assertThat(statuses).containsExactly(400, 400, 400, 400, 400, 429, 429, 429);
        assertThat(redis.keys()).isPositive();
    }

    @Test
    void revocationsSurviveARestartOfTheGateway() throws IOException {
        String token = session("restarted");
        try (RunningGateway first = RunningGateway.with(settings()).start()) {
            await().atMost(PATIENCE)
                    .until(() ->
                            ask(first.port(), "POST /api/v1/revokeToken", token).status() == 204);
        }
        try (RunningGateway second = RunningGateway.with(settings()).start()) {
            await().atMost(PATIENCE)
                    .until(() -> ask(second.port(), "GET /identities/1", token).status() != 503);
            assertThat(ask(second.port(), "GET /identities/1", token).status()).isEqualTo(401);
            assertThat(ask(second.port(), "GET /api/v1/renewToken", token).status())
                    .isEqualTo(401);
        }
    }

    private static Duration untilRefusedElsewhere(String sid, int one) throws IOException {
        String token = session(sid);
        int other = one == here ? there : here;
        assertThat(ask(other, "GET /identities/1", token).status()).isEqualTo(200);
        Duration after = refusedAfter(token, one, other);
        assertThat(ask(other, "GET /api/v1/renewToken", token).status()).isEqualTo(401);
        assertThat(ask(one, "GET /identities/1", token).status()).isEqualTo(401);
        return after;
    }

    private static Duration refusedAfter(String token, int one, int other) throws IOException {
        assertThat(ask(one, "POST /api/v1/revokeToken", token).status()).isEqualTo(204);
        Instant start = Instant.now();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> ask(other, "GET /identities/1", token).status() == 401);
        return Duration.between(start, Instant.now());
    }

    /** How long {@code other} goes on renewing after {@code one} has ended the session; then no token of it is good anywhere. */
    private static Duration endsARenewingSession(int one, int other, String sid) throws IOException {
        List<String> tokens = new CopyOnWriteArrayList<>(List.of(session(sid)));
        CompletableFuture<Integer> loop = CompletableFuture.supplyAsync(() -> renewUntilRefused(other, tokens));
        await().atMost(PATIENCE).until(() -> tokens.size() > 10);

        assertThat(ask(one, "POST /api/v1/revokeToken", tokens.get(0)).status()).isEqualTo(204);

        Instant start = Instant.now();
        assertThat(loop.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join())
                .isEqualTo(401);
        Duration took = Duration.between(start, Instant.now());
        for (String token : tokens) {
            for (int replica : List.of(one, other)) {
                assertThat(ask(replica, "GET /identities/1", token).status()).isEqualTo(401);
                assertThat(ask(replica, "GET /api/v1/renewToken", token).status())
                        .isEqualTo(401);
                assertThat(ask(replica, "GET /forward-auth", token).status()).isEqualTo(401);
            }
        }
        return took;
    }

    private static Duration endsStreams(int one, int other, String sid) throws IOException {
        String token = session(sid);
        Socket untouched = webSocket(other, session("not-" + sid));
        List<Socket> sockets = List.of(webSocket(one, token), webSocket(other, token));
        List<RawConnection> streams = List.of(events(one, token), events(other, token));

        assertThat(ask(one, "POST /api/v1/revokeToken", token).status()).isEqualTo(204);

        Instant start = Instant.now();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sockets)
                        .allSatisfy(socket -> assertThat(socket.closes).containsExactly(1008)));
        for (RawConnection stream : streams) {
            Answer whole = stream.timeout(PATIENCE).readAnswer();
            assertThat(whole.text()).as("ended, not torn").isEqualTo("data: 0\n\n");
            stream.close();
        }
        Duration took = Duration.between(start, Instant.now());
        assertThat(untouched.closes).isEmpty();
        untouched.socket.abort();
        return took;
    }

    /** Adds every token that it gets. */
    private static int renewUntilRefused(int replica, List<String> tokens) {
        try {
            while (true) {
                Answer renewal = ask(replica, "GET /api/v1/renewToken", tokens.get(tokens.size() - 1));
                if (renewal.status() != 200) {
                    return renewal.status();
                }
                tokens.add(renewal.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] settings() {
        return new String[] {
            "identities.backend.uri=http://127.0.0.1:" + backend.port(),
            "identities.credentials.check=http",
            "identities.credentials.http.uri=http://127.0.0.1:" + backend.port() + "/login",
            "identities.credentials.throttle.redis-timeout=20s",
            "identities.shared-state=redis",
            "spring.data.redis.host=127.0.0.1",
            "spring.data.redis.port=" + redis.port()
        };
    }

    private static void routes(HttpServerRoutes routes) {
        routes.ws("/ws", (in, out) -> in.receive().then());
        routes.get(
                "/events",
                (request, response) -> response.sse().sendString(Flux.concat(Flux.just("data: 0\n\n"), Flux.never())));
        routes.post("/login", (request, response) -> response.status(401).send());
        routes.get("/identities/1", (request, response) -> response.sendString(Flux.just("{}")));
    }

    private static Socket webSocket(int replica, String token) {
        Socket listener = new Socket();
        listener.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://127.0.0.1:" + replica + "/ws"), listener)
                .join();
        return listener;
    }

    /** A stream whose head has arrived. */
    private static RawConnection events(int replica, String token) throws IOException {
        RawConnection stream = new RawConnection(replica);
        stream.send("GET /events HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n");
        await().atMost(PATIENCE).until(() -> stream.socket().getInputStream().available() > 0);
        return stream;
    }

    private static int login(int replica) throws IOException {
        String body = "{\"username\":\"alice\",\"password\":\"wrong\"}";
        return RawConnection.exchange(
                        replica,
                        "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                .status();
    }

    private static Answer ask(int replica, String line, String token) throws IOException {
        return RawConnection.exchange(
                replica,
                line
                        + " HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n");
    }

    private static String session(String sid) {
        return TestTokens.sessionToken(Instant.now(), sid).mint();
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static final class Socket implements WebSocket.Listener {

        private final List<Integer> closes = new CopyOnWriteArrayList<>();
        private WebSocket socket;

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closes.add(statusCode);
            return CompletableFuture.completedStage(null);
        }
    }
}
