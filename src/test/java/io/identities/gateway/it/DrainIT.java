package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.TokenVerifier;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.micrometer.metrics.autoconfigure.logging.logback.LogbackMetricsAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The way out of the whole application, on real sockets; a filter stands in for a backend that takes its time. */
class DrainIT {

    private static final String GET = "GET /slow HTTP/1.1\r\nHost: gw\r\n\r\n";

    private final SlowFilter slow = new SlowFilter();
    private final RecordingStreams streams = new RecordingStreams();
    private @Nullable RunningGateway gateway;

    @AfterEach
    void stop() {
        slow.release();
        if (gateway != null) {
            gateway.close();
        }
    }

    @Test
    @DisplayName(
            "K8S-01 K8S-03 readiness goes first, new connections are served through the delay, the rest is finished")
    void k8s01_drain() throws Exception {
        RunningGateway running = start("identities.shutdown.pre-stop-delay=2s");
        int management = running.managementPort();
        assertThat(status(management, "readiness")).isEqualTo(200);
        try (RawConnection early = new RawConnection(running.port())) {
            early.timeout(Duration.ofSeconds(30)).send(GET);
            await().until(() -> slow.waiting() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(running::close);

            await().until(() -> status(management, "readiness") == 503);
            try (RawConnection late = new RawConnection(running.port())) {
                late.timeout(Duration.ofSeconds(30)).send(GET);
                await().until(() -> slow.waiting() == 2);
                await().until(() -> isRefused(running.port()));
                assertThat(status(management, "liveness")).isEqualTo(200);
                assertThat(status(management, "readiness")).isEqualTo(503);
                assertThat(closing).isNotDone();

                slow.release();
                Answer answer = late.readAnswer();
                assertThat(answer.status()).isEqualTo(204);
                assertThat(answer.header("connection")).isEqualTo("close");
            }
            assertThat(early.readAnswer().status()).isEqualTo(204);
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void connectionsToTheBackendAreClosedBeforeTheEventLoopsEnd() throws Exception {
        try (RecordingBackend backend = new RecordingBackend()) {
            LateBean late = new LateBean(() -> backend.openConnections() == 0);
            RunningGateway running = RunningGateway.with(
                            "identities.backend.uri=" + backend.uri(),
                            "identities.backend.max-idle-time=60s",
                            "identities.endpoints.authenticate.enabled=false",
                            "identities.access.rules[0].path=/open",
                            "identities.access.rules[0].allow=anonymous")
                    .bean(LateBean.class, () -> late)
                    .start();
            gateway = running;
            assertThat(RawConnection.exchange(running.port(), "GET /open HTTP/1.1\r\nHost: gw\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(backend.openConnections()).isEqualTo(1);

            running.close();

            assertThat(late.held).isTrue();
        }
    }

    @Test
    @DisplayName("K8S-04 streams are told to go, so that they do not hold the end up")
    void k8s04_streamsAreSentAway() throws Exception {
        RunningGateway running = start("identities.shutdown.pre-stop-delay=0s");
        streams.open.set(true);
        streams.onClose = slow::release;
        try (RawConnection stream = new RawConnection(running.port())) {
            stream.send(GET);
            await().until(() -> slow.waiting() == 1);
            CompletableFuture.runAsync(running::close).get(10, TimeUnit.SECONDS);
            assertThat(stream.readAnswer().status()).isEqualTo(204);
        }
        assertThat(streams.closed).contains(OpenStreams.CloseReason.GOING_AWAY);
    }

    @Test
    @DisplayName("K8S-05 a request that outlasts the configured drain time is cut")
    void k8s05_drainTimeIsKept() throws Exception {
        RunningGateway running =
                start("identities.shutdown.pre-stop-delay=0s", "spring.lifecycle.timeout-per-shutdown-phase=1s");
        try (RawConnection connection = new RawConnection(running.port())) {
            connection.timeout(Duration.ofSeconds(30)).send(GET);
            await().until(() -> slow.waiting() == 1);
            CompletableFuture.runAsync(running::close).get(20, TimeUnit.SECONDS);
            assertThat(connection.isClosedByPeer()).isTrue();
        }
        assertThat(slow.answered()).isZero();
    }

    @Test
    void aClosedGatewayLeavesNothingBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        WeakReference<TokenVerifier> verifier = verifierOfAGatewayThatWasUsedAndClosed();
        await().pollInSameThread().untilAsserted(() -> {
            System.gc();
            assertThat(threadsSince(before)).isEmpty();
            assertThat(verifier.get()).isNull();
        });
    }

    private static WeakReference<TokenVerifier> verifierOfAGatewayThatWasUsedAndClosed() throws Exception {
        try (RunningGateway running = RunningGateway.with(
                        "identities.backend.uri=http://127.0.0.1:9",
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.access.rules[0].path=/open",
                        "identities.access.rules[0].allow=anonymous",
                        // Boot's own watch of the log holds a gateway until the next one starts.
                        "spring.autoconfigure.exclude=" + LogbackMetricsAutoConfiguration.class.getName())
                .start()) {
            String request = "GET /open HTTP/1.1\r\nHost: a\r\n\r\n";
            assertThat(RawConnection.exchange(running.port(), request).status()).isEqualTo(502);
            return new WeakReference<>(running.bean(TokenVerifier.class));
        }
    }

    /** Without those that reactor, the JDK and the test keep for the whole process. */
    private static List<String> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .map(Thread::getName)
                .filter(name ->
                        !name.matches("(parallel|boundedElastic|reactor-|HttpClient-|awaitility|process reaper).*"))
                .toList();
    }

    private RunningGateway start(String... settings) {
        RunningGateway running = RunningGateway.with("identities.backend.uri=http://127.0.0.1:9")
                .settings("identities.endpoints.authenticate.enabled=false")
                .settings(settings)
                .bean(SlowFilter.class, () -> slow)
                .bean(RecordingStreams.class, () -> streams)
                .start();
        gateway = running;
        return running;
    }

    private static int status(int port, String group) throws IOException {
        return RawConnection.exchange(port, "GET /actuator/health/" + group + " HTTP/1.1\r\nHost: gw\r\n\r\n")
                .status();
    }

    private static boolean isRefused(int port) {
        try (RawConnection connection = new RawConnection(port)) {
            return !connection.socket().isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    private static final class RecordingStreams implements OpenStreams {

        private final AtomicBoolean open = new AtomicBoolean();
        private final List<CloseReason> closed = new CopyOnWriteArrayList<>();
        private volatile Runnable onClose = () -> {};

        @Override
        public int count() {
            return open.get() ? 1 : 0;
        }

        @Override
        public void closeAll(CloseReason reason) {
            closed.add(reason);
            open.set(false);
            onClose.run();
        }
    }

    /** Holds {@code /slow} until it is released. */
    private static final class SlowFilter implements WebFilter, Ordered {

        private final Sinks.Empty<Void> gate = Sinks.empty();
        private final List<String> waiting = new CopyOnWriteArrayList<>();
        private volatile int answered;

        int waiting() {
            return waiting.size();
        }

        int answered() {
            return answered;
        }

        void release() {
            gate.tryEmitEmpty();
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            if (!exchange.getRequest().getPath().value().equals("/slow")) {
                return chain.filter(exchange);
            }
            waiting.add(exchange.getRequest().getId());
            return gate.asMono().then(Mono.defer(() -> {
                exchange.getResponse().setRawStatusCode(204);
                return exchange.getResponse().setComplete().doOnSuccess(done -> answered++);
            }));
        }
    }

    /** Stops right before the event loops, and tells whether the condition has come true by then. */
    private static final class LateBean implements SmartLifecycle {

        private final Callable<Boolean> condition;
        private volatile boolean running;
        private volatile boolean held;

        LateBean(Callable<Boolean> condition) {
            this.condition = condition;
        }

        @Override
        public int getPhase() {
            return 1;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public void stop() {
            running = false;
            await().until(condition);
            held = true;
        }
    }
}
