package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.identities.gateway.demo.EmbeddedCredentialCheck;
import io.identities.gateway.demo.EmbeddedIdentities;
import io.identities.gateway.testing.RunningGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The public client flow, line for line, and the answers that clients must be able to tell apart. */
class ClientFlowIT {

    private static final JsonMapper json = JsonMapper.shared();
    private static final HttpClient http = HttpClient.newHttpClient();

    private final EmbeddedCredentialCheck check = new EmbeddedCredentialCheck();
    private final EmbeddedIdentities identities = new EmbeddedIdentities();

    @AfterEach
    void stop() {
        check.close();
        identities.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/identities"})
    void logsInCallsRenewsAndCallsAgainBelowAnyBasePath(String basePath) throws Exception {
        try (RunningGateway gateway = gateway("identities.base-path=" + basePath)) {
            URI api = gateway.uri(basePath);
            String token = token(login(api, "alice", "wonderland"));
            assertThat(get(api, "/api/v1/people", token).statusCode()).isEqualTo(200);
            HttpResponse<String> renewal = get(api, "/api/v1/renewToken", token);
            assertThat(renewal.statusCode()).isEqualTo(200);
            assertThat(json.readTree(renewal.body()).path("username").stringValue())
                    .isEqualTo("alice");
            String renewed = token(renewal);
            assertThat(renewed).isNotEqualTo(token);
            JsonNode echo = json.readTree(get(api, "/api/v1/echo?q=1", renewed).body());
            assertThat(echo.path("url").stringValue()).isEqualTo("/api/v1/echo?q=1");
            assertThat(echo.path("headers").path("X-Auth-Username").stringValue())
                    .isEqualTo("alice");
        }
    }

    @Test
    void tellsWrongPasswordFromWrongTokenFromOutage() throws Exception {
        try (RunningGateway gateway = gateway()) {
            URI api = gateway.uri("");
            HttpResponse<String> wrongPassword = login(api, "alice", "looking-glass");
            HttpResponse<String> unknownUser = login(api, "nobody", "wonderland");
            assertThat(wrongPassword.statusCode()).isEqualTo(400);
            assertThat(unknownUser.statusCode()).isEqualTo(400);
            assertThat(withoutRequestId(unknownUser)).isEqualTo(withoutRequestId(wrongPassword));

            HttpResponse<String> noToken = get(api, "/api/v1/people", "");
            assertThat(noToken.statusCode()).isEqualTo(401);
            assertThat(noToken.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(challenge ->
                            assertThat(challenge).startsWith("Bearer realm=").doesNotContain("error"));
            HttpResponse<String> brokenToken = get(api, "/api/v1/people", "a.b.c");
            assertThat(brokenToken.statusCode()).isEqualTo(401);
            assertThat(brokenToken.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).contains("error=\"invalid_token\""));

            String token = token(login(api, "bob", "builder"));
            check.server().stubFor(WireMock.any(WireMock.anyUrl()).atPriority(1).willReturn(WireMock.serverError()));
            HttpResponse<String> outage = login(api, "bob", "builder");
            assertThat(outage.statusCode()).isEqualTo(503);
            assertThat(outage.headers().firstValue("Retry-After")).isPresent();
            assertThat(json.readTree(outage.body()).path("code").stringValue())
                    .isEqualTo("credential_check_unavailable");

            identities.close();
            HttpResponse<String> backendDown = get(api, "/api/v1/people", token);
            assertThat(backendDown.statusCode()).isEqualTo(502);
            assertThat(json.readTree(backendDown.body()).path("code").stringValue())
                    .isEqualTo("backend_failed");
        }
    }

    private RunningGateway gateway(String... settings) {
        return RunningGateway.with(
                        "identities.backend.uri=" + identities.uri(),
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=" + check.uri())
                .settings(settings)
                .start();
    }

    private static HttpResponse<String> login(URI api, String username, String password)
            throws IOException, InterruptedException {
        String body = json.writeValueAsString(Map.of("username", username, "password", password));
        return http.send(
                HttpRequest.newBuilder(URI.create(api + "/api/v1/authenticate"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(URI api, String path, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String token(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        return json.readTree(answer.body()).path("token").stringValue();
    }

    private static String withoutRequestId(HttpResponse<String> answer) {
        return answer.body().replaceAll("\"requestId\":\"[^\"]*\"", "");
    }
}
