package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.Subject;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Mono;

/** Probes, with everything outside down, slow or healed. */
class HealthIT {

    private static final String LIVENESS = "/actuator/health/liveness";
    private static final String READINESS = "/actuator/health/readiness";
    private static final String DEPENDENCIES = "/actuator/health/dependencies";
    private static final String LOGIN =
            "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 38\r\n\r\n{\"username\":\"alice\",\"password\":\"pw-1\"}";

    @Test
    @DisplayName("OPS-10 an outage degrades: liveness and readiness stay, and probes are not passed on")
    void ops10_outageDegradesOnly() throws IOException {
        try (RecordingBackend check = new RecordingBackend();
                RunningGateway gateway = RunningGateway.inFrontOf(
                        closedPort(),
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=" + check.uri() + "/login",
                        "identities.trusted-issuers[0].issuer=https://issuer.example",
                        "identities.trusted-issuers[0].name=partner",
                        "identities.trusted-issuers[0].jwks-uri=" + closedPort() + "/jwks",
                        "identities.health.cache=10m")) {
            Management management = new Management(gateway);
            for (int i = 0; i < 30; i++) {
                assertThat(management.get(LIVENESS).statusCode()).isEqualTo(200);
                assertThat(management.get(READINESS).statusCode()).isEqualTo(200);
                assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
                assertThat(management.get(DEPENDENCIES).statusCode()).isEqualTo(503);
            }
            assertThat(management.get("/actuator/health").body()).contains("\"status\":\"DEGRADED\"");
            assertThat(check.acceptedConnections()).isOne();
            assertThat(check.count()).isZero();
        }
    }

    @Test
    @DisplayName("OPS-11 deep readiness: off while a dependency is out, back after it healed")
    void ops11_deepReadiness() throws IOException {
        RecordingBackend backend = new RecordingBackend();
        int port = backend.port();
        try (RunningGateway gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.health.deep-readiness=true",
                "identities.health.cache=100ms")) {
            Management management = new Management(gateway);
            assertThat(management.get(READINESS).statusCode()).isEqualTo(200);
            assertThat(management.scrape()).contains("identities_replica_ready 1.0");

            backend.close();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(management.get(READINESS).statusCode()).isEqualTo(503));
            await().untilAsserted(() -> assertThat(management.scrape()).contains("identities_replica_ready 0.0"));
            assertThat(management.get(LIVENESS).statusCode()).isEqualTo(200);

            try (ServerSocket healed = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(
                                () -> assertThat(management.get(READINESS).statusCode())
                                        .isEqualTo(200));
                assertThat(healed.isClosed()).isFalse();
            }
        }
    }

    @Test
    @DisplayName("K8S-10 probes are answered while every event loop is busy and logins wait")
    void k8s10_probesOfABusyGateway() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        CredentialCheck never =
                credentials -> Mono.<Optional<Subject>>never().doOnSubscribe(any -> waiting.incrementAndGet());
        try (RunningGateway gateway = RunningGateway.with(
                        "identities.backend.uri=" + closedPort(), "identities.credentials.throttle.enabled=false")
                .bean(CredentialCheck.class, () -> never)
                .start()) {
            EventLoopGroup loops = gateway.bean(ReactorResourceFactory.class)
                    .getLoopResources()
                    .onServer(true);
            List<RawConnection> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 30; i++) {
                    clients.add(new RawConnection(gateway.port()).send(LOGIN));
                }
                await().until(() -> waiting.get() == 30);
                loops.forEach(loop -> loop.execute(() -> awaitUninterruptibly(end)));

                Management management = new Management(gateway);
                for (int i = 0; i < 20; i++) {
                    assertThat(management.get(LIVENESS).statusCode()).isEqualTo(200);
                    assertThat(management.get(READINESS).statusCode()).isEqualTo(200);
                }
            } finally {
                end.countDown();
                for (RawConnection client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    void redisIsNeitherConnectedNorWatchedWhereNothingIsShared() throws IOException {
        try (RecordingBackend backend = new RecordingBackend();
                ServerSocket redis = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            redis.setSoTimeout(1);
            try (RunningGateway gateway = RunningGateway.inFrontOf(
                    backend.uri(),
                    "identities.credentials.check=http",
                    "identities.credentials.http.uri=" + backend.uri() + "/login",
                    "spring.data.redis.port=" + redis.getLocalPort())) {
                String token = TestTokens.sessionToken(Instant.now(), "s1").mint();
                assertThat(post(gateway, "authenticate", "{\"username\":\"alice\",\"password\":\"x\"}", token))
                        .isEqualTo(200);
                assertThat(post(gateway, "revokeToken", "", token)).isEqualTo(204);
                assertThat(new Management(gateway).get(READINESS).statusCode()).isEqualTo(200);

                assertThat(gateway.context().getBeanNamesForType(HealthContributor.class))
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("redis"));
                assertThatThrownBy(redis::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int post(RunningGateway gateway, String endpoint, String body, String token) throws IOException {
        return RawConnection.exchange(
                        gateway.port(),
                        "POST /api/v1/" + endpoint
                                + " HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                                + token + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .status();
    }

    @Test
    @DisplayName("OPS-11 a credential check that accepts and then says nothing holds up no probe")
    void ops11_silentDependency() throws IOException {
        try (RecordingBackend silent = new RecordingBackend();
                RunningGateway gateway = RunningGateway.inFrontOf(
                        silent.uri(),
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=" + silent.uri() + "/login",
                        "identities.health.deep-readiness=true",
                        "identities.health.cache=10ms")) {
            silent.handleConnections(socket -> socket.getInputStream().readAllBytes());
            Management management = new Management(gateway);
            for (String path : new String[] {LIVENESS, READINESS, "/actuator/health", DEPENDENCIES}) {
                assertThat(management.get(path).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    @Tag("cases-full")
    @DisplayName("OPS-10 five minutes without backend, check and key set: liveness and readiness never waver")
    void ops10_literally() throws IOException {
        try (RunningGateway gateway = RunningGateway.inFrontOf(
                closedPort(),
                "identities.credentials.check=http",
                "identities.credentials.http.uri=" + closedPort() + "/login",
                "identities.trusted-issuers[0].issuer=https://issuer.example",
                "identities.trusted-issuers[0].name=partner",
                "identities.trusted-issuers[0].jwks-uri=" + closedPort() + "/jwks")) {
            Management management = new Management(gateway);
            await().during(Duration.ofMinutes(5))
                    .atMost(Duration.ofMinutes(6))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> management.get(LIVENESS).statusCode() == 200
                            && management.get(READINESS).statusCode() == 200);
        }
    }

    @Test
    @DisplayName("OPS-14 a probe's additional path on the public port opens itself and nothing beside it")
    void ops14_additionalPath() throws IOException {
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = RunningGateway.inFrontOf(
                        backend.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "management.endpoint.health.group.public.include=livenessState",
                        "management.endpoint.health.group.public.additional-path=server:/healthz")) {
            assertThat(publicly(gateway, "/healthz", "").text()).isEqualTo("{\"status\":\"UP\"}");
            for (String path : new String[] {
                "/healthz/../identities",
                "/healthz/x",
                "/healthz/",
                "/healthz%2f",
                "/HEALTHZ",
                "/null/identities",
                "/null/**",
                "/null",
                "/actuator/health",
                "/cloudfoundryapplication",
                "/identities"
            }) {
                assertThat(publicly(gateway, path, "").status()).as(path).isIn(400, 401, 404);
                assertThat(publicly(gateway, path, "Authorization: Bearer x.y.z\r\n")
                                .status())
                        .as(path)
                        .isIn(400, 401, 404);
            }
            assertThat(backend.count()).isZero();
            String good = "Authorization: " + TestTokens.token().bearer() + "\r\n";
            assertThat(publicly(gateway, "/identities", good).status()).isEqualTo(200);
        }
    }

    private static Answer publicly(RunningGateway gateway, String target, String headers) throws IOException {
        return RawConnection.exchange(
                gateway.port(), "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n");
    }

    /** An address where nothing listens. */
    private static URI closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
