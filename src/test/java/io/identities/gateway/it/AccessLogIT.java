package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The access log, request ids in log lines, and JSON on the console. */
@ExtendWith(OutputCaptureExtension.class)
class AccessLogIT {

    private static final String ID = "request=[A-Za-z0-9._-]+ ";
    private static final String TIMES = "total=\\d+\\.\\dms";

    private static RecordingBackend backend;
    private static RecordingBackend check;
    private static RunningGateway gateway;

    private LogCapture access;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        check = new RecordingBackend();
        // A start that failed before leaves its log format in force.
        LoggingSystem.get(AccessLogIT.class.getClassLoader()).cleanUp();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.access-log.enabled=true",
                "identities.credentials.check=http",
                "identities.credentials.http.uri=" + check.uri() + "/login",
                "identities.proxy.trusted-proxies[0]=127.0.0.0/8",
                "identities.forward-auth.trusted-proxies[0]=127.0.0.0/8",
                "identities.access.rules[0].path=/public/**",
                "identities.access.rules[0].allow=anonymous",
                "identities.access.rules[1].path=/admin/**",
                "identities.access.rules[1].allow.any-role=admin",
                "identities.headers.max-size=2KB",
                "management.endpoint.health.group.readiness.additional-path=server:/healthz",
                "logging.structured.format.console=ecs");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        RunningGateway.forgetLogFormats();
        check.close();
        backend.close();
    }

    @BeforeEach
    void listen() {
        access = LogCapture.of("identities.access");
        backend.reset();
        check.reset();
    }

    @AfterEach
    void stopListening() {
        access.close();
    }

    @Test
    void passedRequestHasOneLine() throws IOException {
        Answer answer =
                get("/orders?page=2", bearer() + "X-Forwarded-For: 192.0.2.9\r\nX-Request-Id: from-the-edge\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(line())
                .matches("GET \"/orders\\?page=2\" 200 accepted reason=authenticated user=alice client=192.0.2.9"
                        + " request=from-the-edge " + TIMES + " backend=\\d+\\.\\dms bytes=11");
    }

    @Test
    void clientOfIpv6IsNamedAsTheBackendReadsIt() throws IOException {
        get("/x", bearer() + "X-Forwarded-For: 2001:DB8:0:0:0:0:0:1\r\n");
        assertThat(backend.last().headers("X-Real-IP")).containsExactly("2001:db8::1");
        assertThat(line()).contains(" client=2001:db8::1 ");
    }

    @Test
    void refusedRequestSaysWhyMorePreciselyThanTheAnswer() throws IOException {
        get("/x", "");
        assertThat(line())
                .matches("GET \"/x\" 401 refused reason=no_token client=127.0.0.1 " + ID + TIMES + " bytes=\\d+");
        get(
                "/x",
                "Authorization: Bearer "
                        + TestTokens.token()
                                .signedWith("wrong-wrong-wrong-wrong-wrong-wrong")
                                .mint() + "\r\n");
        assertThat(line()).contains("401 refused reason=bad_signature");
        get("/admin/x", bearer());
        assertThat(line()).contains("\"/admin/x\" 403 refused reason=wrong_role");
        get("/public/x", "");
        assertThat(line()).contains("\"/public/x\" 200 accepted reason=anonymous client=");
        get("/api/v1/Authenticate/", "");
        assertThat(line()).contains("404 refused reason=not_found");
        assertThat(backend.count()).isOne();
    }

    @Test
    void localEndpointsAndForwardAuthSayWhoCame() throws IOException {
        logIn("alice");
        assertThat(line()).contains("POST \"/api/v1/authenticate\" 200 accepted reason=accepted user=alice");
        check.respond((request, out) -> out.write(RecordingBackend.answer("401 Unauthorized", "X: y", "")));
        logIn("mallory");
        assertThat(line()).contains("400 refused reason=wrong_credentials user=mallory");
        check.respond((request, out) -> out.write(RecordingBackend.answer("500 Oops", "X: y", "")));
        logIn("alice");
        assertThat(line()).contains("503 undecided reason=check_unclear user=alice");
        String session = "Authorization: Bearer "
                + TestTokens.sessionToken(Instant.now(), "s-1").mint() + "\r\n";
        get("/api/v1/renewToken", session);
        assertThat(line()).contains("GET \"/api/v1/renewToken\" 200 accepted reason=renewed user=alice");
        get(
                "/forward-auth",
                session + "X-Forwarded-Method: GET\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"
                        + "X-Forwarded-Uri: /x\r\n");
        assertThat(line()).contains("\"/forward-auth\" 200 accepted reason=authenticated user=alice");
        send("POST /api/v1/revokeToken", session + "Content-Length: 0\r\n");
        assertThat(line()).contains("204 accepted reason=revoked user=alice");
    }

    @Test
    void faultOfTheBackendIsNamed() throws IOException {
        backend.respond((request, out) -> {
            throw new IOException("dies");
        });
        assertThat(get("/x", bearer()).status()).isEqualTo(502);
        assertThat(line()).contains("502 failed reason=backend_failed user=alice");
    }

    @Test
    void answerThatIsCutSaysSo() throws Exception {
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegun".getBytes());
            out.flush();
            throw new IOException("dies");
        });
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send("GET /cut HTTP/1.1\r\nHost: a.example\r\n" + bearer() + "\r\n");
            assertThat(line())
                    .contains("\"/cut\" 200 failed reason=backend_failed")
                    .endsWith("bytes=5 cut");
        }
    }

    @Test
    void errorThatBecomesAnAnswerCutsNothing() throws IOException {
        Answer answer = RawConnection.exchange(
                gateway.port(), "POST /healthz HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(line())
                .contains("POST \"/healthz\" 405 refused reason=method_not_allowed")
                .doesNotEndWith("cut");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "200 OK\r\nContent-Length: 0",
                "204 No Content\r\nX-A: b",
                "304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5"
            })
    void answerWithoutABodyIsWholeWhereItsConnectionEndsWithIt(String answer) throws IOException {
        backend.respond((request, out) -> out.write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes()));

        get("/x", bearer() + "Connection: close\r\n");
        assertThat(line()).contains(answer.substring(0, 3) + " accepted").endsWith("bytes=0");
    }

    @Test
    void clientThatLeavesCutsItsRequest() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        backend.respond((request, out) -> {
            asked.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send("GET /left HTTP/1.1\r\nHost: a.example\r\n" + bearer() + "\r\n");
            asked.await();
        }
        assertThat(line())
                .contains("\"/left\" - accepted reason=authenticated user=alice")
                .endsWith("cut");
        over.countDown();
    }

    @Test
    void webSocketHasItsLineWhenItIsOver() throws Exception {
        backend.respond((request, out) -> out.write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Accept: " + accept(request.header("Sec-WebSocket-Key"))
                        + "\r\n\r\n")
                .getBytes()));
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send("GET /ws?access_token=SECRET123 HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + bearer() + "\r\n");
            assertThat(client.readAnyAnswer().status()).isEqualTo(101);
        }
        assertThat(line()).contains("GET \"/ws?access_token=***\" 101 accepted reason=authenticated user=alice");
    }

    @Test
    void whatIsRefusedOnTheWireHasALineWithTheIdOfTheAnswer() throws IOException {
        String unmet = exchange("GET /x HTTP/1.1\r\nHost: a.example\r\nExpect: more\r\n\r\n");
        assertThat(line())
                .matches("- \"-\" 417 refused reason=expectation_failed client=127.0.0.1 request=" + unmet + " "
                        + TIMES);
        String ambiguous = exchange("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        assertThat(line()).contains("400 refused reason=ambiguous_request").contains("request=" + ambiguous);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/identities?token=SECRET123",
                "/identities?a=1&access_token=SECRET123",
                "/identities?jwt=SECRET123",
                "/identities?trace=true&message=true&password=SECRET123",
                "/SECRET<script>alert(1)</script>?x=SECRET",
                "/identities/%3Cscript%3ESECRET%3C/script%3E",
                "/identities?x=%0d%0aX-Injected:%20SECRET&code=SECRET123",
                "/../SECRET?secret=SECRET123"
            })
    @DisplayName("OPS-15 nothing of a refused request is in its answer, and the access log masks")
    void ops15_noReflection(String target) throws IOException {
        Answer answer = get(target, "Accept: text/html\r\n");

        assertThat(answer.status()).isIn(400, 401);
        assertThat(answer.text() + String.join("\n", answer.headers()))
                .doesNotContain("SECRET", "script", "identities?", "Exception", "trace", "\tat ", "io.identities")
                .contains("\"code\":\"");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(line()).doesNotContain("SECRET123", "<script>", "\r", "\n");
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("OPS-15 the gateway's own failure tells nothing of itself")
    void ops15_faults() throws IOException {
        backend.respond((request, out) -> out.write("java.lang.IllegalStateException: SECRET\r\n\r\n".getBytes()));
        for (String target : new String[] {"/x?trace=true&message=true", "/x?token=SECRET123"}) {
            Answer answer = get(target, "Accept: text/html\r\n" + bearer());
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).doesNotContain("SECRET", "Exception", "trace", "/x");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(line()).contains("502 failed reason=backend_failed").doesNotContain("SECRET");
        }
    }

    @Test
    @DisplayName("a name with line breaks or terminal escapes makes no line of its own")
    void nameWithLineBreaksMakesNoLineOfItsOwn() throws IOException {
        try (LogCapture audit = LogCapture.of("identities.audit")) {
            logIn("al\\nlogin accepted user=root\\r\\u001b[2J\\u202eecila\\u2028x");
            assertThat(line())
                    .contains("user=\"al\\u000alogin accepted user=root\\u000d\\u001b[2J\\u202eecila\\u2028x\"");
            assertThat(audit.messages())
                    .singleElement()
                    .asString()
                    .doesNotContain("\n", "\r", "\u001b", "\u202e", "\u2028");
        }
    }

    @Test
    void requestIdIsTheTrustedProxysOrMadeAndIsInAnswerProblemAndLines() throws IOException {
        assertThat(get("/x", "X-Request-Id: Given-1.2_3\r\n").header("X-Request-Id"))
                .isEqualTo("Given-1.2_3");
        assertThat(line()).contains("request=Given-1.2_3 ");
        for (String unfit : new String[] {"", "a b", "a\"b", "x".repeat(65), "a,b", "é"}) {
            Answer answer = get("/x", "X-Request-Id: " + unfit + "\r\n");
            String id = answer.header("X-Request-Id");
            assertThat(id).matches("[A-Za-z0-9._-]{1,64}").isNotEqualTo(unfit);
            if (answer.status() == 401) {
                assertThat(answer.text()).contains("\"requestId\":\"" + id + "\"");
            }
            assertThat(line()).contains("request=" + id + " ");
        }
    }

    @Test
    void linesThatARequestCausesNameIt(CapturedOutput output) throws IOException {
        try (LogCapture own = LogCapture.of("io.identities.gateway")) {
            backend.respond((request, out) -> {
                throw new IOException("dies");
            });
            get("/x", bearer() + "X-Request-Id: fault-1\r\n");
            check.respond((request, out) -> out.write(RecordingBackend.answer("418 Teapot", "X: y", "")));
            logIn("carol", "X-Request-Id: outage-1\r\n");
            get(
                    "/x",
                    "X-Request-Id: large-1\r\nAuthorization: "
                            + TestTokens.token().subject("n".repeat(600)).bearer() + "\r\n");
            get("/forward-auth", "X-Request-Id: door-1\r\n");
            String head = exchange("GET /x HTTP/1.1\r\nHost: a.example\r\nX: " + "x".repeat(3000) + "\r\n\r\n");

            await().untilAsserted(() -> assertThat(access.messages())
                    .anyMatch(line ->
                            line.matches("- \"-\" 431 refused reason=headers_too_large client=127.0.0.1 request=" + head
                                    + " " + TIMES)));
            assertThat(own.warnings())
                    .hasSize(5)
                    .anyMatch(line -> line.startsWith("Backend call fault-1 ended as backend_failed"))
                    .anyMatch(
                            line -> line.startsWith("The credential check could not tell") && line.contains("outage-1"))
                    .anyMatch(line -> line.startsWith("Refused a good token") && line.contains("large-1"))
                    .anyMatch(line -> line.startsWith("Forward-auth was asked") && line.contains("door-1"))
                    .anyMatch(line -> line.startsWith("Refused a request head") && line.contains(head));
            for (String id : new String[] {"fault-1", "outage-1", "large-1", "door-1", head}) {
                await().untilAsserted(() -> assertThat(output.getAll().lines().filter(line -> line.contains(id)))
                        .isNotEmpty()
                        .allSatisfy(line -> assertThat(text(json(line), "http", "request", "id"))
                                .isEqualTo(id)));
            }
        }
    }

    @Test
    void consoleIsJsonWithMembersOfTheCommonSchema(CapturedOutput output) throws IOException {
        get("/orders?page=2&token=SECRET123", bearer() + "X-Request-Id: json-1\r\n");
        line();
        await().until(() -> output.getAll().contains("json-1"));

        assertThat(output.getAll().lines().filter(line -> !line.isBlank()))
                .allSatisfy(
                        line -> assertThat(text(json(line), "ecs", "version")).isNotEmpty());
        JsonNode entry = output.getAll()
                .lines()
                .filter(line -> line.contains("json-1"))
                .map(AccessLogIT::json)
                .findFirst()
                .orElseThrow();
        assertThat(text(entry, "log", "logger")).isEqualTo("identities.access");
        assertThat(text(entry, "service", "name")).isEqualTo("identities-gateway");
        assertThat(text(entry, "http", "request", "method")).isEqualTo("GET");
        assertThat(text(entry, "http", "response", "status_code")).isEqualTo("200");
        assertThat(text(entry, "http", "response", "body", "bytes")).isEqualTo("11");
        assertThat(text(entry, "url", "path")).isEqualTo("/orders");
        assertThat(text(entry, "url", "query")).isEqualTo("page=2&token=***");
        assertThat(text(entry, "user", "name")).isEqualTo("alice");
        assertThat(text(entry, "client", "ip")).isEqualTo("127.0.0.1");
        assertThat(text(entry, "event", "outcome")).isEqualTo("accepted");
        assertThat(text(entry, "event", "reason")).isEqualTo("authenticated");
        assertThat(Long.parseLong(text(entry, "event", "duration"))).isPositive();
        assertThat(Long.parseLong(text(entry, "identities", "backend", "duration")))
                .isPositive();
    }

    @Test
    void withoutTheSwitchThereIsNoLine() throws IOException {
        try (RunningGateway silent =
                RunningGateway.inFrontOf(backend.uri(), "identities.endpoints.authenticate.enabled=false")) {
            access.close();
            access = LogCapture.of("identities.access");
            RawConnection.exchange(silent.port(), "GET /x HTTP/1.1\r\nHost: a.example\r\n" + bearer() + "\r\n");
            RawConnection.exchange(silent.port(), "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            get("/last", "");
            assertThat(line()).contains("\"/last\"");
        }
    }

    /** The next line; there is exactly one that was not yet seen. */
    private String line() {
        await().until(() -> !access.messages().isEmpty());
        assertThat(access.messages()).hasSize(1);
        String line = access.messages().get(0);
        access.close();
        access = LogCapture.of("identities.access");
        return line;
    }

    private static Answer get(String target, String headers) throws IOException {
        return send("GET " + target, headers);
    }

    private static Answer send(String start, String headers) throws IOException {
        return RawConnection.exchange(
                gateway.port(), start + " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n" + headers + "\r\n");
    }

    private static void logIn(String name, String... headers) throws IOException {
        String body = "{\"username\":\"" + name + "\",\"password\":\"wonderland\"}";
        RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n"
                        + String.join("", headers) + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Sends raw bytes; the id of the answer. */
    private static String exchange(String bytes) throws IOException {
        return String.valueOf(RawConnection.exchange(gateway.port(), bytes).header("X-Request-Id"));
    }

    private static String bearer() {
        return "Authorization: " + TestTokens.token().bearer() + "\r\n";
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }

    private static String text(JsonNode entry, String... path) {
        JsonNode node = entry;
        for (String name : path) {
            node = node.path(name);
        }
        return node.asString("");
    }

    private static String accept(String key) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
