package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.RevocationStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replicas on one Redis. */
@Timeout(180)
class SharedRevocationIT {

    private final RecordingBackend backend = new RecordingBackend();
    private final RedisProcess redis = RedisProcess.start();

    @AfterEach
    void stop() {
        redis.close();
        backend.close();
    }

    @Test
    void aTokenGivenUpAtOneReplicaIsRefusedAtTheOtherEveryTime() throws IOException {
        try (RunningGateway one = start("serve");
                RunningGateway other = start("serve")) {
            for (int i = 0; i < 100; i++) {
                String token = session(i);
                assertThat(ask(other, "GET /identities/1", token).status()).isEqualTo(200);
                assertThat(ask(one, "POST /api/v1/revokeToken", token).status()).isEqualTo(204);
                await().pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(
                                        ask(other, "GET /identities/1", token).status())
                                .isEqualTo(401));
                assertThat(ask(other, "GET /api/v1/renewToken", token).status()).isEqualTo(401);
                assertThat(ask(one, "GET /identities/1", token).status()).isEqualTo(401);
            }
        }
    }

    @Test
    void whileOneReplicaRenewsInALoopTheOtherEndsTheSessionForGood() throws Exception {
        try (RunningGateway one = start("serve");
                RunningGateway other = start("serve")) {
            String token = session(1);
            String latest = token;
            boolean revoked = false;
            int renewals = 0;
            while (true) {
                Answer renewal = ask(one, "GET /api/v1/renewToken", latest);
                if (renewal.status() != 200) {
                    break;
                }
                latest = renewal.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
                if (++renewals == 10 && !revoked) {
                    revoked = true;
                    assertThat(ask(other, "POST /api/v1/revokeToken", token).status())
                            .isEqualTo(204);
                }
            }
            assertThat(renewals).isGreaterThanOrEqualTo(10);
            for (RunningGateway gateway : java.util.List.of(one, other)) {
                assertThat(ask(gateway, "GET /identities/1", latest).status()).isEqualTo(401);
                assertThat(ask(gateway, "GET /identities/1", token).status()).isEqualTo(401);
            }
        }
    }

    @Test
    void revocationsSurviveARestartOfTheGateway() throws IOException {
        String token = session(1);
        try (RunningGateway gateway = start("serve")) {
            assertThat(ask(gateway, "POST /api/v1/revokeToken", token).status()).isEqualTo(204);
        }
        try (RunningGateway gateway = start("serve")) {
            assertThat(ask(gateway, "GET /identities/1", token).status()).isEqualTo(401);
        }
    }

    @Test
    void anOutageIsServedThroughOrRefusedAsConfiguredAndNothingRevokedComesBack() throws IOException {
        String good = session(1);
        String bad = session(2);
        String late = session(3);
        try (RunningGateway serving = start("serve");
                RunningGateway refusing = start("refuse")) {
            assertThat(ask(serving, "POST /api/v1/revokeToken", bad).status()).isEqualTo(204);
            await().until(() -> ask(refusing, "GET /identities/1", bad).status() == 401);
            redis.stop();
            await().until(() -> ask(refusing, "GET /identities/1", good).status() == 503);

            assertThat(ask(serving, "GET /identities/1", good).status()).isEqualTo(200);
            assertThat(ask(serving, "GET /identities/1", bad).status()).isEqualTo(401);
            Answer unconfirmed = ask(serving, "POST /api/v1/revokeToken", late);
            assertThat(unconfirmed.status()).isEqualTo(503);
            assertThat(unconfirmed.header("retry-after")).isNotNull();
            assertThat(ask(serving, "GET /identities/1", late).status()).isEqualTo(401);

            redis.startAgain();
            await().until(() -> ask(refusing, "GET /identities/1", good).status() == 200);
            await().until(() -> ask(refusing, "GET /identities/1", late).status() == 401);
            assertThat(ask(serving, "GET /identities/1", bad).status()).isEqualTo(401);
            assertThat(ask(refusing, "GET /identities/1", bad).status()).isEqualTo(401);
        }
        try (RunningGateway fresh = start("serve")) {
            assertThat(ask(fresh, "GET /identities/1", bad).status())
                    .as("written back into the emptied store")
                    .isEqualTo(401);
        }
    }

    private RunningGateway start(String outage) {
        RunningGateway gateway = RunningGateway.with("identities.backend.uri=" + backend.uri())
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.shared-state=redis",
                        "identities.shared-state-outage=" + outage,
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + redis.port())
                .start();
        await().until(() -> gateway.bean(RevocationStore.class).status().ready());
        return gateway;
    }

    private static String session(int number) {
        return TestTokens.sessionToken(Instant.now(), "0199-session-" + number).mint();
    }

    private static Answer ask(RunningGateway gateway, String line, String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                line
                        + " HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n");
    }
}
