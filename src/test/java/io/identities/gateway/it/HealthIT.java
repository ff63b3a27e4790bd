package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Probes, with everything outside down, slow or healed. */
class HealthIT {

    private static final String LIVENESS = "/actuator/health/liveness";
    private static final String READINESS = "/actuator/health/readiness";
    private static final String DEPENDENCIES = "/actuator/health/dependencies";

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

            backend.close();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(management.get(READINESS).statusCode()).isEqualTo(503));
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
    void redisIsNotAskedAboutWhereNothingIsShared() throws IOException {
        try (RunningGateway gateway = RunningGateway.inFrontOf(
                closedPort(), "identities.endpoints.authenticate.enabled=false", "spring.data.redis.port=1")) {
            assertThat(new Management(gateway).get(READINESS).statusCode()).isEqualTo(200);
            assertThat(gateway.context()
                            .getBeanNamesForType(org.springframework.boot.health.contributor.HealthContributor.class))
                    .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).contains("redis"));
        }
    }

    /** An address where nothing listens. */
    private static java.net.URI closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return java.net.URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
