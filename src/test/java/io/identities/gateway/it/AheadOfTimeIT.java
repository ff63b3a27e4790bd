package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.identities.gateway.testing.GatewayProcess;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/** The gateway with the beans that the build chose, as the image starts it. */
@Timeout(120)
class AheadOfTimeIT {

    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-Dspring.aot.enabled=true");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    /** The build writes them when it packages; a single test may run without. */
    @BeforeAll
    static void beansOfTheBuildAreThere() {
        boolean packaged = ClassUtils.isPresent(
                "io.identities.gateway.IdentitiesGatewayApplication__ApplicationContextInitializer", null);
        assumeTrue(packaged || System.getProperty("test.jar") != null);
        assertThat(packaged).isTrue();
    }

    @Test
    void everyDoorAnswersWithTheBeansOfTheBuild() throws Exception {
        Path users = folder.resolve("htpasswd");
        // SHA-1 of "password".
        Files.writeString(users, "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n");
        try (RecordingBackend backend = new RecordingBackend();
                GatewayProcess gateway = launch(
                        "identities.backend.uri=" + backend.uri(),
                        "identities.credentials.check=htpasswd",
                        "identities.credentials.htpasswd.file=" + users,
                        "identities.forward-auth.trusted-proxies=127.0.0.1/32")) {
            String token = token(
                    post(gateway, "/api/v1/authenticate", "{\"username\":\"alice\",\"password\":\"password\"}", null));
            String renewed = token(get(gateway.port(), "/api/v1/renewToken", token));

            assertThat(get(gateway.port(), "/people/7", renewed).statusCode()).isEqualTo(200);
            assertThat(get(gateway.port(), "/people/7", "no.t.oken").statusCode())
                    .isEqualTo(401);
            assertThat(get(gateway.port(), "/forward-auth", renewed).headers().firstValue("X-Auth-Username"))
                    .contains("alice");
            assertThat(post(gateway, "/api/v1/revokeToken", "", token).statusCode())
                    .isEqualTo(204);
            assertThat(get(gateway.port(), "/people/7", renewed).statusCode()).isEqualTo(401);
            assertThat(get(gateway.managementPort(), "/actuator/health/readiness", renewed)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(gateway.managementPort(), "/actuator/prometheus", renewed)
                            .body())
                    .contains("identities_decisions_total", "identities_logins_total");
            assertThat(gateway.output()).anyMatch(line -> line.contains("Starting AOT-processed"));
        }
    }

    @Test
    void settingThatChoosesBeansIsHeard() throws IOException {
        try (RecordingBackend backend = new RecordingBackend();
                RecordingBackend reports = new RecordingBackend();
                GatewayProcess gateway = launch(
                        "identities.backend.uri=" + backend.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "spring.cloud.gateway.server.webflux.routes[0].id=reports",
                        "spring.cloud.gateway.server.webflux.routes[0].uri=" + reports.uri(),
                        "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/reports/**",
                        "management.endpoint.metrics.access=none")) {
            assertThat(RawConnection.exchange(
                                    gateway.port(),
                                    "GET /reports/1 HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer "
                                            + TestTokens.token().mint() + "\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(reports.count()).isOne();
            assertThat(RawConnection.exchange(
                                    gateway.managementPort(),
                                    "GET /actuator/metrics HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n")
                            .status())
                    .isEqualTo(404);
            assertThat(gateway.output())
                    .anyMatch(line -> line.contains("Choosing the beans at the start"))
                    .noneMatch(line -> line.contains("Starting AOT-processed"));
        }
    }

    private static GatewayProcess launch(String... settings) {
        return GatewayProcess.launch(OPTIONS, process -> {}, settings);
    }

    private static HttpResponse<String> get(int port, String path, String token) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .header("X-Forwarded-Method", "GET")
                        .header("X-Forwarded-Uri", "/people/7")
                        .header("X-Forwarded-Host", "gw")
                        .build(),
                BodyHandlers.ofString(UTF_8));
    }

    private static HttpResponse<String> post(GatewayProcess gateway, String path, String body, @Nullable String token)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString(UTF_8));
    }

    private static String token(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        return new JsonMapper().readTree(answer.body()).get("token").asString();
    }
}
