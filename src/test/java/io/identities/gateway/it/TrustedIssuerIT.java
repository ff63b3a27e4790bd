package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tokens of somebody else, whose keys come over a real socket and sometimes do not come. */
@Timeout(120)
class TrustedIssuerIT {

    private static final KeyPair KEY = TestKeys.rsa("issuer");
    private static final String SET = TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic()));

    private final RecordingBackend backend = new RecordingBackend();
    private final JwksEndpoint endpoint = JwksEndpoint.start();

    @AfterEach
    void stop() {
        endpoint.close();
        backend.close();
    }

    @Test
    void aForeignTokenPassesUnderItsPrefixedNameAndIsNotRenewed() throws IOException {
        endpoint.answer(SET);
        try (RunningGateway gateway = start()) {
            assertThat(ask(gateway, "/identities/1", foreign().mint()).status()).isEqualTo(200);
            assertThat(backend.last().header("x-auth-username")).isEqualTo("kc%3Aalice");
            assertThat(backend.last().header("x-auth-issuer")).isEqualTo("https://idp.example");
            assertThat(backend.last().header("x-auth-roles")).isEqualTo("admin,user");
            assertThat(ask(gateway, "/api/v1/renewToken", foreign().mint()).status())
                    .isEqualTo(401);
            assertThat(ask(
                                    gateway,
                                    "/identities/1",
                                    foreign().claim("aud", "others").mint())
                            .status())
                    .isEqualTo(401);
            assertThat(ask(gateway, "/identities/1", TestTokens.token().mint()).status())
                    .isEqualTo(200);
            assertThat(backend.last().header("x-auth-username")).isEqualTo("alice");
        }
    }

    @Test
    @DisplayName(
            "CAC-05, CAC-09 no keys yet is 503 for that issuer alone, and 200 with the first request after healing")
    void cac05() throws IOException {
        endpoint.status(500);
        try (RunningGateway gateway = start()) {
            String token = foreign().mint();
            for (int i = 0; i < 3; i++) {
                Answer answer = ask(gateway, "/identities/1", token);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).isEqualTo("1");
            }
            assertThat(ask(gateway, "/identities/1", TestTokens.token().mint()).status())
                    .isEqualTo(200);
            endpoint.status(200).answer(SET);
            assertThat(ask(gateway, "/identities/1", token).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("CAC-06 500 random kids at a slow issuer cause one more fetch, while good tokens pass at once")
    void cac06() throws Exception {
        endpoint.answer(SET);
        try (RunningGateway gateway = start()) {
            String good = foreign().mint();
            assertThat(ask(gateway, "/identities/1", good).status()).isEqualTo(200);
            endpoint.delay(Duration.ofSeconds(2));
            ExecutorService threads = Executors.newFixedThreadPool(50);
            try {
                List<Callable<Integer>> flood = IntStream.range(0, 500)
                        .mapToObj(i -> (Callable<Integer>) () -> ask(
                                        gateway,
                                        "/identities/1",
                                        foreign().header("kid", "random" + i).mint())
                                .status())
                        .toList();
                List<Future<Integer>> statuses =
                        flood.stream().map(threads::submit).toList();
                await().until(() -> endpoint.count() == 2);
                assertThat(ask(gateway, "/identities/1", good).status()).isEqualTo(200);
                assertThat(ask(
                                        gateway,
                                        "/identities/1",
                                        foreign().claim("jti", "new").mint())
                                .status())
                        .isEqualTo(200);
                assertThat(statuses)
                        .as("good ones did not wait for the fetch that is under way")
                        .anyMatch(status -> !status.isDone());
                for (var status : statuses) {
                    assertThat(status.get()).isEqualTo(401);
                }
            } finally {
                threads.shutdown();
            }
            assertThat(endpoint.count()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("CAC-08 a rotated key is good without a restart, a withdrawn one is refused after the next fetch")
    void cac08() throws IOException {
        KeyPair next = TestKeys.ec("issuer", "secp256r1");
        String k2 = TestKeys.jwk("k2", "ES256", next.getPublic());
        endpoint.answer(SET);
        try (RunningGateway gateway = start("identities.jwks.refresh-interval=1s")) {
            String old = foreign().mint();
            String young = foreign()
                    .signedWith("ES256", next.getPrivate())
                    .header("kid", "k2")
                    .mint();
            assertThat(ask(gateway, "/identities/1", old).status()).isEqualTo(200);
            endpoint.answer(TestKeys.jwkSet(TestKeys.jwk("k1", "RS256", KEY.getPublic()), k2));
            assertThat(ask(gateway, "/identities/1", young).status()).isEqualTo(200);
            assertThat(ask(gateway, "/identities/1", old).status()).isEqualTo(200);
            endpoint.answer(TestKeys.jwkSet(k2));
            await().untilAsserted(() ->
                    assertThat(ask(gateway, "/identities/1", old).status()).isEqualTo(401));
            assertThat(ask(gateway, "/identities/1", young).status()).isEqualTo(200);
        }
    }

    private RunningGateway start(String... more) {
        return RunningGateway.with("identities.backend.uri=" + backend.uri())
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.trusted-issuers[0].issuer=https://idp.example",
                        "identities.trusted-issuers[0].name=kc",
                        "identities.trusted-issuers[0].jwks-uri=" + endpoint.uri(),
                        "identities.trusted-issuers[0].audience=api",
                        "identities.trusted-issuers[0].username-claim=preferred_username",
                        "identities.trusted-issuers[0].roles-claim=/realm_access/roles")
                .settings(more)
                .start();
    }

    private static TestTokens foreign() {
        return TestTokens.token()
                .signedWith("RS256", KEY.getPrivate())
                .header("kid", "k1")
                .header("typ", "at+jwt")
                .claim("iss", "https://idp.example")
                .claim("aud", "api")
                .claim("sub", "9b2f-4711")
                .claim("preferred_username", "alice")
                .claimJson("realm_access", "{\"roles\":[\"admin\",\"user\"]}");
    }

    private static Answer ask(RunningGateway gateway, String path, String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "GET " + path + " HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n");
    }
}
