package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see, on the real management port. */
class OperationsIT {

    private static final String EXPLAIN = "/actuator/explain";
    private static final String REVOKE = "/actuator/revocations";

    private static final String ROUTE = "{\"filters\":[{\"name\":\"AddResponseHeader\",\"args\":{\"name\":\"x\","
            + "\"value\":\"#{T(System).getProperty(\\\"user.dir\\\")}\"}}],\"uri\":\"http://127.0.0.1:1\"}";

    @TempDir
    private static Path folder;

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static Management management;

    @BeforeAll
    static void start() throws IOException {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.access.rules[0].path=/public/**",
                "identities.access.rules[0].allow=anonymous",
                "identities.access.rules[1].path=/admin/**",
                "identities.access.rules[1].allow.any-role=admin",
                "identities.management.token-file=" + Management.tokenFile(folder));
        management = new Management(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway/routes",
                "gateway/refresh",
                "heapdump",
                "env",
                "configprops",
                "beans",
                "mappings",
                "threaddump",
                "httpexchanges",
                "logfile",
                "loggers",
                "caches",
                "sbom",
                "startup",
                "shutdown",
                "conditions",
                "scheduledtasks",
                "auditevents"
            })
    @DisplayName("OPS-03 only the documented short list answers")
    void ops03_otherEndpointsDoNotExist(String endpoint) throws IOException {
        String path = "/actuator/" + endpoint;

        assertThat(management.get(path).statusCode()).isEqualTo(404);
        assertThat(management
                        .get(path, "Authorization", TestTokens.token().bearer())
                        .statusCode())
                .isEqualTo(404);
        assertThat(management.post(path, "{}").statusCode()).isEqualTo(404);
        backend.reset();
        assertThat(publicly("GET", path, "").status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("OPS-03 the index lists nothing but the short list")
    void ops03_indexListsTheShortListOnly() {
        Set<String> names = Pattern.compile("\"([A-Za-z-]+)\":\\{\"href\"")
                .matcher(management.get("/actuator").body())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(names)
                .containsExactly(
                        "explain",
                        "health",
                        "health-path",
                        "info",
                        "keys",
                        "metrics",
                        "metrics-requiredMetricName",
                        "prometheus",
                        "revocations",
                        "self",
                        "sessions");
    }

    @Test
    @DisplayName("OPS-01 no route can be added from outside, on neither port, with or without a token")
    void ops01_noRouteCanBeAdded() throws IOException {
        for (String path : new String[] {"/actuator/gateway/routes/x", "/actuator/gateway/refresh"}) {
            assertThat(management.post(path, ROUTE).statusCode()).isEqualTo(404);
            assertThat(management
                            .send("POST", path, ROUTE, "Content-Type", "application/json")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(publicly("POST", path, "").status()).isEqualTo(401);
        }
        backend.reset();
        Answer withToken = publicly(
                "GET",
                "/actuator/gateway/routes",
                authorization(TestTokens.token().mint()));
        assertThat(withToken.status()).isEqualTo(200);
        assertThat(backend.count()).isOne();
    }

    @Test
    @DisplayName("OPS-14 Cloud Foundry paths are ordinary ones")
    void ops14_cloudFoundryIsOff() throws IOException {
        backend.reset();
        assertThat(publicly("GET", "/cloudfoundryapplication", "").status()).isEqualTo(401);
        assertThat(publicly("GET", "/cloudfoundryapplication/env", authorization("x.y.z"))
                        .status())
                .isEqualTo(401);
        assertThat(management.get("/cloudfoundryapplication").statusCode()).isEqualTo(404);
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/renewToken", "/forward-auth", "/public/x", "/identities", "/.well-known/jwks.json"})
    void managementPortServesNothingOfThePublicSide(String path) {
        backend.reset();
        HttpResponse<String> answer = management.get(
                path, "Authorization", "Bearer " + TestTokens.token().mint());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("X-Request-Id")).isEmpty();
        assertThat(backend.count()).isZero();
    }

    @Test
    void everyAnswerOfTheManagementPortIsSealed() {
        for (String path :
                new String[] {"/", "/actuator", "/actuator/health", "/openapi.yaml", "/operations", "/nothing"}) {
            HttpResponse<String> answer = management.get(path);
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Date"))
                    .as("RFC 9110 section 6.6.1")
                    .isPresent();
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'")
                    .contains("frame-ancestors 'none'");
        }
    }

    @Test
    void keysAreShownWithoutMaterial() {
        assertThat(management.get("/actuator/keys").body())
                .contains("\"signer\":\"default\"", "\"algorithm\":\"HS256\"", "\"signs\":true")
                .doesNotContain(RunningGateway.SECRET);
    }

    @Test
    void writingTakesTheTokenInItsHeaderAndJson() {
        String wish = "{\"jti\":\"never-seen\"}";
        String token = Management.TOKEN;

        HttpResponse<String> refused = revoke(wish, "Content-Type", "application/json");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .as("RFC 9110 section 15.5.2")
                .containsExactly("ManagementToken header=\"X-Management-Token\"");
        assertThat(revokeJson(wish, "X-Management-Token", "wrong-wrong-wrong-wrong"))
                .isEqualTo(401);
        assertThat(revokeJson(wish, "X-Management-Token", token, "X-Management-Token", token))
                .isEqualTo(401);
        assertThat(revokeJson(wish, "Cookie", "X-Management-Token=" + token)).isEqualTo(401);
        assertThat(revokeJson(wish, "Authorization", "Bearer " + token)).isEqualTo(401);
        assertThat(revoke(wish, "Content-Type", "text/plain", "X-Management-Token", token)
                        .statusCode())
                .isEqualTo(415);
        assertThat(management.scrape())
                .contains(refusedCallers("invalid_management_token"), refusedCallers("missing_management_token"));
        assertThat(management.post(REVOKE, wish).statusCode()).isEqualTo(204);
        assertThat(management.post(REVOKE, "{}").statusCode()).isEqualTo(400);
        assertThat(management.post(REVOKE, "{\"jti\":\"a\",\"sid\":\"b\"}").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"user\":5}",
                "{\"jti\":true}",
                "{\"sid\":1.5}",
                "{\"sid\":[\"a\"]}",
                "{\"user\":{}}",
                "{\"jti\":\"a\",\"jti\":\"b\"}"
            })
    void whatIsNoTextOrStandsTwiceRevokesNothing(String wish) {
        String before = management.get(REVOKE).body();

        assertThat(management.post(REVOKE, wish).statusCode()).isEqualTo(400);
        assertThat(management.get(REVOKE).body()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"token\":5}", "{\"request\":7}", "{\"token\":[\"a\"]}"})
    void whatIsNoTextIsNotExplained(String wish) {
        assertThat(management.post(EXPLAIN, wish).statusCode()).isEqualTo(400);
    }

    @Test
    void operatorRevokesASessionATokenAndAUser() throws IOException {
        Instant login = Instant.now().minusSeconds(5);
        String session = TestTokens.sessionToken(login, "s-1").mint();
        String token = TestTokens.sessionToken(login, "s-2").mint();
        String user = TestTokens.sessionToken(login, "s-3")
                .claim("unique_name", "carol")
                .claim("sub", "carol")
                .mint();
        for (String good : new String[] {session, token, user}) {
            assertThat(publicly("GET", "/x", authorization(good)).status()).isEqualTo(200);
        }

        management.post(REVOKE, "{\"sid\":\"s-1\"}");
        management.post(REVOKE, "{\"jti\":\"jti-of-s-2\"}");
        management.post(REVOKE, "{\"user\":\"carol\"}");
        String foreign = "n".repeat(64) + ":" + "j".repeat(128);
        assertThat(management.post(REVOKE, "{\"jti\":\"" + foreign + "\"}").statusCode())
                .as("the longest id that a trusted issuer's token may have")
                .isEqualTo(204);
        assertThat(management.post(REVOKE, "{\"jti\":\"" + foreign + "j\"}").statusCode())
                .isEqualTo(400);

        for (String revoked : new String[] {session, token, user}) {
            assertThat(publicly("GET", "/x", authorization(revoked)).status()).isEqualTo(401);
        }
        assertThat(management.get(REVOKE).body()).contains("\"ready\":true", "\"users\":1");
        assertThat(management.scrape())
                .contains("identities_revocations_total{outcome=\"accepted\",reason=\"requested_by_operator\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " alice", "alice ", "alice\\n", "alice\\u00a0", "al\\u0007ice", "alice\\ud83d"})
    void nameOrIdThatNoTokenCanHaveIsNotRevoked(String name) {
        for (String kind : new String[] {"user", "sid", "jti"}) {
            HttpResponse<String> answer = management.post(REVOKE, "{\"" + kind + "\":\"" + name + "\"}");

            assertThat(answer.statusCode()).as(kind).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":\"invalid_request\"");
        }
    }

    @Test
    void explainSaysWhatWouldBeDecidedAndWhy() {
        String good = TestTokens.sessionToken(Instant.now(), "s-9").mint();

        assertThat(explain("GET /x HTTP/1.1\\nAuthorization: Bearer " + good))
                .contains("\"decision\":\"accepted\"", "\"name\":\"alice\"", "any method /** -> authenticated");
        assertThat(explain("GET /x HTTP/1.1\\nHost: a")).contains("\"status\":401", "\"reason\":\"no_token\"");
        assertThat(explain("GET /public/x HTTP/1.1")).contains("\"decision\":\"anonymous\"");
        assertThat(explain("GET /admin/x HTTP/1.1\\nAuthorization: Bearer " + good))
                .contains("\"status\":403", "\"reason\":\"wrong_role\"");
        assertThat(explain("GET /a/../b HTTP/1.1")).contains("\"status\":400", "dot segment");
        for (String method : new String[] {"get", "TRACE", "CONNECT"}) {
            assertThat(explain(method + " /x HTTP/1.1\\nAuthorization: Bearer " + good))
                    .contains("\"status\":405", "\"reason\":\"method_not_allowed\"");
        }
        assertThat(explain("POST /x HTTP/1.1\\nAuthorization: Bearer " + good + "\\n\\nAuthorization: none"))
                .contains("\"decision\":\"accepted\"");
        assertThat(explain("GET /api/v1/renewToken HTTP/1.1")).contains("\"decision\":\"local\"");
        assertThat(explain("GET /api/v1/renewtoken/ HTTP/1.1")).contains("\"reason\":\"near_miss\"");
        assertThat(management.post(EXPLAIN, "{\"token\":\"" + good + "\"}").body())
                .contains("\"decision\":\"accepted\"", "\"sessionId\":\"s-9\"");
        assertThat(management.post(EXPLAIN, "{\"token\":\"nonsense\"}").body()).contains("\"reason\":\"malformed\"");
        String expired = TestTokens.tokenAt(Instant.now().minusSeconds(600)).mint();
        assertThat(management.post(EXPLAIN, "{\"token\":\"" + expired + "\"}").body())
                .contains("\"reason\":\"expired\"", " s ago", "allows 30 s");
        assertThat(management.post(EXPLAIN, "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void explainLeavesNoTraceAndRepeatsNoToken() {
        String token = TestTokens.sessionToken(Instant.now(), "s-10").mint();
        management.get("/actuator/sessions");
        String before = management.get("/actuator/sessions").body();

        String answer = explain("GET /x HTTP/1.1\\nAuthorization: Bearer " + token);

        assertThat(answer).doesNotContain(token, token.substring(token.lastIndexOf('.') + 1));
        assertThat(management.get("/actuator/sessions").body()).isEqualTo(before);
    }

    @Test
    @DisplayName("OPS-11 details of health are for authorised callers only")
    void ops11_detailsOfHealthAreForTheAuthorisedOnly() {
        assertThat(management.get("/actuator/health").body())
                .isEqualTo("{\"groups\":[\"dependencies\",\"liveness\",\"readiness\"],\"status\":\"UP\"}");
        assertThat(management
                        .get("/actuator/health", "X-Management-Token", Management.TOKEN)
                        .body())
                .contains("\"backend\":{", "\"signer\":\"default\"");
        assertThat(management
                        .get("/actuator/health/dependencies", "X-Management-Token", Management.TOKEN)
                        .body())
                .contains("\"sharedState\":{");
        assertThat(management
                        .get("/actuator/health", "X-Management-Token", "wrong-wrong-wrong-wrong")
                        .statusCode())
                .isEqualTo(401);
        assertThat(management
                        .get("/actuator/health/nothing", "X-Management-Token", Management.TOKEN)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void pageRunsItsOwnScriptsOnlyAndIsOfTheManagementPort() throws IOException {
        HttpResponse<String> page = management.get("/operations");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("script-src 'self';", "style-src 'self';", "form-action 'none'")
                .doesNotContain("unsafe", "*", "http");
        assertThat(page.body()).doesNotContain("http:", "https:", "//", " style=", " onclick=", "{actuator}");
        assertThat(management.get("/operations/page.js").headers().firstValue("Content-Type"))
                .contains("text/javascript;charset=UTF-8");
        assertThat(management.get("/operations/../operations/nothing.js").statusCode())
                .isEqualTo(404);
        backend.reset();
        assertThat(publicly("GET", "/operations", "").status()).isEqualTo(401);
        assertThat(backend.count()).isZero();
    }

    @Test
    void aConnectionServesOneRequestSoThatNoneIsLostAfterIt() throws IOException {
        for (String path :
                new String[] {"/actuator/health/liveness", "/actuator/prometheus", "/operations", "/nothing"}) {
            try (RawConnection connection = new RawConnection(gateway.managementPort())) {
                Answer answer = connection
                        .send("GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n")
                        .readAnswer();
                assertThat(answer.header("connection")).as(path).isEqualTo("close");
                assertThat(connection.isClosedByPeer()).as(path).isTrue();
            }
        }
    }

    @Test
    void whatNoEndpointAnswersIsAProblemWithACode() {
        assertThat(management.get("/nothing").body()).contains("\"status\":404", "\"code\":\"not_found\"");
        assertThat(management.get("/actuator/metrics/nothing").body()).contains("\"code\":\"not_found\"");
        assertThat(management.get("/actuator/health/nothing").body()).contains("\"code\":\"not_found\"");
        for (String[] token : new String[][] {{}, {"X-Management-Token", Management.TOKEN}}) {
            HttpResponse<String> deeper = management.get("/actuator/health/nothing/below/it", token);
            assertThat(deeper.statusCode()).isEqualTo(404);
            assertThat(deeper.body()).contains("\"code\":\"not_found\"");
        }
        HttpResponse<String> wrongMethod = management.get(EXPLAIN);
        assertThat(wrongMethod.statusCode()).isEqualTo(405);
        assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
        assertThat(wrongMethod.body()).contains("\"code\":\"method_not_allowed\"");
        HttpResponse<String> unreadable = management.post(EXPLAIN, "{\"token\":");
        assertThat(unreadable.statusCode()).isEqualTo(400);
        assertThat(unreadable.body()).contains("\"code\":\"invalid_request\"");
    }

    @Test
    void withoutATokenFileNothingCanBeWrittenOrExplained() {
        try (RunningGateway plain = RunningGateway.inFrontOf(
                backend.uri(), "identities.endpoints.authenticate.enabled=false", "identities.management.page=false")) {
            Management port = new Management(plain);
            assertThat(port.post(REVOKE, "{\"sid\":\"x\"}").statusCode()).isEqualTo(404);
            assertThat(port.post(EXPLAIN, "{\"token\":\"x\"}").statusCode()).isEqualTo(404);
            assertThat(port.get("/actuator").body()).doesNotContain("explain");
            assertThat(port.get("/actuator/health", "X-Management-Token", "x").statusCode())
                    .isEqualTo(401);
            assertThat(port.get("/operations").statusCode()).isEqualTo(404);
            assertThat(port.get("/operations/page.js").statusCode()).isEqualTo(404);
            assertThat(port.get("/openapi.yaml").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("OPS-01 where an operator shows the routes read-only, nobody can add one")
    void ops01_routesAreReadOnlyIfEverEnabled() throws IOException {
        try (RunningGateway open = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.management.token-file=" + Management.tokenFile(folder),
                "management.endpoint.gateway.access=read-only",
                "management.endpoints.web.exposure.include=gateway")) {
            Management port = new Management(open);
            String before = port.get("/actuator/gateway/routes").body();

            int added = port.post("/actuator/gateway/routes/x", ROUTE).statusCode();
            int refreshed = port.post("/actuator/gateway/refresh", "{}").statusCode();

            assertThat(before).contains("\"route_id\":");
            assertThat(added).isIn(404, 405);
            assertThat(refreshed).isIn(404, 405);
            assertThat(port.get("/actuator/gateway/routes").body())
                    .isEqualTo(before)
                    .doesNotContain(System.getProperty("user.dir"));
        }
    }

    @Test
    void readinessAndLimitsAreMeasured() {
        assertThat(management.scrape())
                .contains(
                        "identities_replica_ready 1.0",
                        "identities_streams_limit 1000.0",
                        "identities_shared_state_lag_seconds 0.0");
    }

    private static String refusedCallers(String reason) {
        return "identities_decisions_total{door=\"management\",outcome=\"refused\",reason=\"" + reason + "\"}";
    }

    private static String explain(String request) {
        return management.post(EXPLAIN, "{\"request\":\"" + request + "\"}").body();
    }

    private static String authorization(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static Answer publicly(String method, String target, String headers) throws IOException {
        return RawConnection.exchange(
                gateway.port(), method + " " + target + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n");
    }

    private static int revokeJson(String wish, String... headers) {
        Stream<String> all = Stream.concat(Stream.of("Content-Type", "application/json"), Stream.of(headers));
        return revoke(wish, all.toArray(String[]::new)).statusCode();
    }

    private static HttpResponse<String> revoke(String wish, String... headers) {
        return management.send("POST", REVOKE, wish, headers);
    }
}
