package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TcpRelay;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of proxied traffic while the shared state is out of reach, in both modes, under load. */
@Timeout(300)
class RedisOutageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DEPENDENCIES = "/actuator/health/dependencies";
    private static final String READINESS = "/actuator/health/readiness";

    private static RecordingBackend backend;
    private static RedisProcess redis;
    private static TcpRelay relay;
    private static RunningGateway serving;
    private static RunningGateway refusing;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        redis = RedisProcess.start();
        relay = new TcpRelay(redis.port());
        serving = gateway("serve");
        refusing = gateway("refuse");
    }

    @AfterAll
    static void stop() throws IOException {
        serving.close();
        refusing.close();
        relay.close();
        redis.close();
        backend.close();
    }

    @Test
    void killedAndStartedEmptyNothingRevokedComesBack() throws IOException {
        outage("killed", redis::stop, () -> {}, redis::startAgain);

        try (RunningGateway fresh = gateway("serve")) {
            awaitStatus(fresh, good("fresh"), 200);
            assertThat(status(fresh, good("killed-known")))
                    .as("written back into the emptied store")
                    .isEqualTo(401);
            assertThat(status(fresh, good("killed-late"))).isEqualTo(401);
        }
    }

    @Test
    void pausedItIsLikeGone() throws IOException {
        outage("paused", redis::pause, () -> {}, redis::resume);
    }

    @Test
    @Tag("cases-full")
    void pausedForTenSecondsItIsLikeGone() throws IOException {
        outage(
                "paused-long",
                redis::pause,
                () -> await().pollDelay(Duration.ofSeconds(10)).atMost(PATIENCE).until(() -> true),
                redis::resume);
    }

    @Test
    void cutOffItIsLikeGone() throws IOException {
        outage("cut-off", relay::cut, () -> {}, relay::mend);
    }

    @Test
    void whoRevokesAndLeavesIsInTheAuditLog() throws IOException {
        String token = good("left");
        awaitStatus(refusing, token, 200);
        redis.pause();
        try (LogCapture audit = LogCapture.of("identities.audit")) {
            try (RawConnection caller = new RawConnection(serving.port())) {
                caller.send(head("POST /api/v1/revokeToken", token));
                awaitStatus(serving, token, 401);
            }

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(audit.messages())
                            .anyMatch(line -> line.startsWith(
                                    "revocation undecided reason=unconfirmed scope=session user=alice ")));
        } finally {
            redis.resume();
        }
        awaitStatus(refusing, token, 401);
    }

    @Test
    void aReplicaThatHasNeverReadTheStoreIsNotReadyInEitherMode() throws IOException {
        relay.cut();
        try (RunningGateway serve = gateway("serve");
                RunningGateway refuse = gateway("refuse")) {
            for (RunningGateway gateway : new RunningGateway[] {serve, refuse}) {
                assertThat(new Management(gateway).get(READINESS).statusCode()).isEqualTo(503);
                assertThat(new Management(gateway)
                                .get("/actuator/health/liveness")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(status(gateway, good("unread"))).isEqualTo(503);
            }
            relay.mend();
            for (RunningGateway gateway : new RunningGateway[] {serve, refuse}) {
                await().atMost(PATIENCE)
                        .until(() -> new Management(gateway).get(READINESS).statusCode() == 200);
                assertThat(status(gateway, good("unread"))).isEqualTo(200);
            }
        } finally {
            relay.mend();
            awaitStatus(refusing, good("over"), 200);
        }
    }

    private static void outage(String name, Runnable begin, Runnable hold, Runnable end) throws IOException {
        String good = good(name);
        String known = good(name + "-known");
        String late = good(name + "-late");
        awaitStatus(serving, good, 200);
        awaitStatus(refusing, good, 200);
        // One that goes on serving may still be without Redis after the test before.
        await().atMost(PATIENCE).until(() -> isConnected(serving));
        assertThat(revoke(serving, known).status()).isEqualTo(204);
        awaitStatus(refusing, known, 401);

        try (Load load = new Load(good, known)) {
            begin.run();
            try {
                awaitStatus(refusing, good, 503);
                await().atMost(PATIENCE).until(() -> !isConnected(serving));
                hold.run();
                assertVisible(serving, "0.0", 503);
                assertVisible(refusing, "0.0", 503);
                assertThat(new Management(serving).get(READINESS).statusCode()).isEqualTo(200);
                Answer unconfirmed = revoke(serving, late);
                assertThat(unconfirmed.status()).isEqualTo(503);
                assertThat(unconfirmed.header("retry-after")).isNotNull();
                assertThat(status(serving, late)).isEqualTo(401);
                load.awaitMore();
            } finally {
                end.run();
            }
            awaitStatus(refusing, good, 200);
            awaitStatus(refusing, late, 401);
            await().atMost(PATIENCE).until(() -> isConnected(serving));
            assertVisible(serving, "1.0", 200);
            assertVisible(refusing, "1.0", 200);
            load.awaitMore();

            assertThat(load.statuses("serve good")).containsExactly(200);
            assertThat(load.statuses("refuse good")).containsExactlyInAnyOrder(200, 503);
            assertThat(load.statuses("serve known")).containsExactly(401);
            assertThat(load.statuses("refuse known")).containsExactly(401);
        }
    }

    private static void assertVisible(RunningGateway gateway, String connected, int health) {
        assertThat(new Management(gateway).scrape()).contains("identities_shared_state_connected " + connected);
        await().atMost(PATIENCE)
                .until(() -> new Management(gateway).get(DEPENDENCIES).statusCode() == health);
    }

    private static boolean isConnected(RunningGateway gateway) {
        return new Management(gateway).scrape().contains("identities_shared_state_connected 1.0");
    }

    private static RunningGateway gateway(String outage) {
        return RunningGateway.with("identities.backend.uri=" + backend.uri())
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.health.cache=100ms",
                        "identities.shared-state=redis",
                        "identities.shared-state-outage=" + outage,
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + relay.port())
                .start();
    }

    private static String good(String sid) {
        return TestTokens.sessionToken(Instant.now(), sid).mint();
    }

    private static void awaitStatus(RunningGateway gateway, String token, int status) {
        await().atMost(PATIENCE).until(() -> status(gateway, token) == status);
    }

    private static int status(RunningGateway gateway, String token) throws IOException {
        return ask(gateway, "GET /identities/1", token).status();
    }

    private static Answer revoke(RunningGateway gateway, String token) throws IOException {
        return ask(gateway, "POST /api/v1/revokeToken", token);
    }

    private static Answer ask(RunningGateway gateway, String line, String token) throws IOException {
        return RawConnection.exchange(gateway.port(), head(line, token));
    }

    private static String head(String line, String token) {
        return line
                + " HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: Bearer "
                + token + "\r\n\r\n";
    }

    /** Asks both replicas with both tokens without a pause and notes every status. */
    private static final class Load implements AutoCloseable {

        private final Map<String, Set<Integer>> statuses = new ConcurrentHashMap<>();
        private final CompletableFuture<?> serve;
        private final CompletableFuture<?> refuse;
        private volatile boolean over;
        private volatile long rounds;

        Load(String good, String known) {
            serve = CompletableFuture.runAsync(() -> run("serve", serving, good, known));
            refuse = CompletableFuture.runAsync(() -> run("refuse", refusing, good, known));
        }

        Set<Integer> statuses(String which) {
            return statuses.get(which);
        }

        /** Until both have asked a good many times more. */
        void awaitMore() {
            long before = rounds;
            await().atMost(PATIENCE).until(() -> rounds > before + 20 || serve.isDone() || refuse.isDone());
        }

        @Override
        public void close() {
            over = true;
            CompletableFuture.allOf(serve, refuse).join();
        }

        private void run(String name, RunningGateway gateway, String good, String known) {
            try {
                while (!over) {
                    note(name + " good", status(gateway, good));
                    note(name + " known", status(gateway, known));
                    if (gateway == serving) {
                        rounds++;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void note(String which, int status) {
            statuses.computeIfAbsent(which, same -> ConcurrentHashMap.newKeySet())
                    .add(status);
        }
    }
}
