package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decision, answered to another proxy, on real sockets. */
class ForwardAuthIT {

    private static final String TRUST = "identities.forward-auth.trusted-proxies=127.0.0.1/32";
    private static final String[] RULES = {
        "identities.access.rules[0].path=/public/**",
        "identities.access.rules[0].allow=anonymous",
        "identities.access.rules[1].path=/admin/**",
        "identities.access.rules[1].allow.any-role=admin",
        "identities.access.rules[2].path=/never",
        "identities.access.rules[2].allow=denied"
    };

    private static RecordingBackend backend;
    private static RunningGateway open;
    private static RunningGateway path;
    private static RunningGateway ruled;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        open = gateway("identities.access.rules[0].path=/public/**", "identities.access.rules[0].allow=anonymous");
        path = gateway(with(RULES, TRUST, "identities.forward-auth.dialect=path"));
        ruled = gateway(with(RULES, TRUST));
    }

    @AfterAll
    static void stop() {
        ruled.close();
        path.close();
        open.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /forward-auth/identities/1?x=1",
                "GET /forward-auth",
                "GET /forward-auth?x",
                "GET /forward-auth/",
                "POST /forward-auth/identities",
                "DELETE /forward-auth/identities",
                "PATCH /forward-auth/identities",
                "PUT /forward-auth/identities",
                "OPTIONS /forward-auth/identities",
                "PROPFIND /forward-auth/identities",
                "GET /forward-auth//identities;x/a%2Fb%25",
                "POST /forward-auth/api/v1/authenticate",
                "GET /forward-auth/actuator/health"
            })
    @DisplayName("PATH-22 every method and every suffix is 200 with a token and 401 without")
    void path22_everyMethodAndSuffix(String line) throws IOException {
        Answer granted = ask(path, line, bearer());
        assertThat(granted.status()).isEqualTo(200);
        assertThat(granted.headers("x-auth-username")).containsExactly("alice");
        assertThat(granted.header("cache-control")).isEqualTo("no-store");
        Answer refused = ask(path, line);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers("www-authenticate")).hasSize(1);
        assertThat(refused.header("www-authenticate")).startsWith("Bearer ");
        assertThat(refused.header("cache-control")).isEqualTo("no-store");
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("PATH-22 HEAD as well")
    void path22_head() throws IOException {
        for (String line : List.of("HEAD /forward-auth/identities", "HEAD /forward-auth")) {
            assertThat(headOnly(path, line, bearer())).startsWith("HTTP/1.1 200 ");
            assertThat(headOnly(path, line)).startsWith("HTTP/1.1 401 ").contains("Bearer ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../identities",
                "/..",
                "/a/%2e%2e/b",
                "/public/..%2fadmin/x",
                "/public/..;/admin",
                "/public/%252e%252e/x"
            })
    void ambiguousOriginalTargetIs403InEveryDialect(String target) throws IOException {
        assertThat(ask(path, "GET /forward-auth" + target, bearer()).status()).isEqualTo(403);
        assertThat(ask(ruled, "GET /forward-auth", forwarded("GET", target), bearer())
                        .status())
                .isEqualTo(403);
        assertThat(ask(ruled, "GET /forward-auth", forwarded("GET", target)).status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://gw/public/x", "public/x", "*", "/public/a b", "/public/x, /public/y"})
    void originalTargetInAnotherFormIs403(String target) throws IOException {
        assertThat(ask(ruled, "GET /forward-auth", forwarded("GET", target)).status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "/public/x, false, 200",
        "/PUBLIC/x, false, 401",
        "/public//x, false, 401",
        "/public/x%2fy, false, 401",
        "/other, false, 401",
        "/other, true, 200",
        "/admin/x, true, 403",
        "/ADMIN/x, true, 403",
        "/admin;a/x, true, 403",
        "/%61dmin/x, true, 403",
        "//admin/x, true, 403",
        "/admin/x, false, 401",
        "/never, true, 403",
        "/never/, true, 403"
    })
    void rulesGoForTheOriginalTarget(String target, boolean token, int status) throws IOException {
        String[] none = {};
        String[] credential = token ? new String[] {bearer()} : none;
        assertThat(ask(ruled, "GET /forward-auth", with(credential, forwarded("GET", target)))
                        .status())
                .isEqualTo(status);
        assertThat(ask(path, "GET /forward-auth" + target, credential).status()).isEqualTo(status);
    }

    @Test
    void roleRuleIsSatisfiedByTheRole() throws IOException {
        String admin =
                "Authorization: " + TestTokens.token().roles("user", "admin").bearer();
        Answer granted = ask(ruled, "GET /forward-auth", forwarded("GET", "/admin/x"), admin);
        assertThat(granted.status()).isEqualTo(200);
        assertThat(granted.header("x-auth-roles")).isEqualTo("user,admin");
        Answer refused = ask(ruled, "GET /forward-auth", forwarded("GET", "/admin/x"), bearer());
        assertThat(refused.header("www-authenticate")).contains("error=\"insufficient_scope\"");
    }

    @Test
    @DisplayName("HDR-01 an anonymous pass has every identity header, present and empty; the client's are never copied")
    void hdr01_anonymousPassAssertsNothing() throws IOException {
        Answer passed = ask(
                ruled,
                "GET /forward-auth",
                forwarded("GET", "/public/x"),
                "X-Auth-Username: admin",
                "X-Auth-Roles: admin",
                "X_Auth_Username: admin");
        assertThat(passed.status()).isEqualTo(200);
        for (String name : List.of("x-auth-username", "x-auth-roles", "x-auth-issuer")) {
            assertThat(passed.headers(name)).containsExactly("");
        }
        Answer granted = ask(ruled, "GET /forward-auth", forwarded("GET", "/x"), bearer(), "X-Auth-Username: admin");
        assertThat(granted.headers("x-auth-username")).containsExactly("alice");
        assertThat(granted.headers("x-auth-roles")).containsExactly("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=1.2.3.4;proto=http;path=/public/x",
                "X-Forwarded-Prefix: /public",
                "X-Forwarded-Server: /public/x",
                "X-Original-Method: GET",
                "X-Original-URI: /public/x",
                "X-Original-URL: http://gw/public/x",
                "X-Auth-Request-Redirect: /public/x",
                "X-Envoy-Original-Path: /public/x",
                "X_Forwarded_Uri: /public/x",
                "X.Forwarded.Uri: /public/x"
            })
    @DisplayName("HDR-06 no other header claims an open path")
    void hdr06_otherHeadersAreIgnored(String header) throws IOException {
        assertThat(ask(open, "GET /forward-auth", header).status()).isEqualTo(401);
        assertThat(ask(open, "GET /forward-auth", header, forwarded("GET", "/public/x"))
                        .status())
                .isEqualTo(401);
        assertThat(ask(ruled, "GET /forward-auth", header, forwarded("GET", "/other"))
                        .status())
                .isEqualTo(401);
        assertThat(ask(ruled, "GET /forward-auth", header, forwarded("GET, POST", "/public/x"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(ruled, "GET /forward-auth", header, "X-Forwarded-Method: GET")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void untrustedCallerGetsNoAnonymousPassAnd403WhereRolesExist() throws IOException {
        assertThat(ask(open, "GET /forward-auth", forwarded("GET", "/public/x")).status())
                .isEqualTo(401);
        assertThat(ask(open, "GET /forward-auth", forwarded("GET", "/public/x"), bearer())
                        .status())
                .isEqualTo(200);
        try (RunningGateway stranger = gateway(with(RULES, "identities.forward-auth.trusted-proxies=10.0.0.0/8"))) {
            for (String target : List.of("/public/x", "/other", "/admin/x")) {
                assertThat(ask(stranger, "GET /forward-auth", forwarded("GET", target), bearer())
                                .status())
                        .isEqualTo(403);
                assertThat(ask(stranger, "GET /forward-auth", forwarded("GET", target))
                                .status())
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void missingOrDoubledHeaderOfTheSetIs403WhereRolesExist() throws IOException {
        for (String headers : List.of(
                "X-None: 1",
                "X-Forwarded-Uri: /other",
                "X-Forwarded-Method: GET",
                forwarded("GET", "/public/x") + "\r\nX-Forwarded-Uri: /other",
                forwarded("GET", "/other") + "\r\nX-Forwarded-Method: POST",
                "X-Forwarded-Method: GET\r\nX-Forwarded-Uri:")) {
            assertThat(ask(ruled, "GET /forward-auth", headers, bearer()).status())
                    .isEqualTo(403);
            assertThat(ask(ruled, "GET /forward-auth", headers).status()).isEqualTo(403);
        }
    }

    @Test
    @DisplayName("HDR-11 a body that comes along is not read and does not disturb the answer")
    void hdr11_bodies() throws IOException {
        byte[] piece = "x".repeat(65_536).getBytes(ISO_8859_1);
        try (RawConnection connection = new RawConnection(path.port())) {
            connection.send("POST /forward-auth/x HTTP/1.1\r\nHost: gw\r\n" + bearer()
                    + "\r\nContent-Length: 52428800\r\n\r\n");
            Answer early = connection.readAnswer();
            assertThat(early.status()).isEqualTo(200);
            assertThat(early.header("connection")).isEqualToIgnoringCase("close");
        }
        assertThat(afterWholeBody("Content-Length: 52428800", piece, 800, "", ""))
                .isEqualTo(200);
        assertThat(afterWholeBody("Transfer-Encoding: chunked", piece, 800, "10000\r\n", "\r\n"))
                .isEqualTo(200);
    }

    @Test
    void connectionStaysOpenWithoutABody() throws IOException {
        try (RawConnection connection = new RawConnection(path.port())) {
            for (int i = 0; i < 3; i++) {
                connection.send(
                        "POST /forward-auth/x HTTP/1.1\r\nHost: gw\r\n" + bearer() + "\r\nContent-Length: 0\r\n\r\n");
                assertThat(connection.readAnswer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    @DisplayName("HDR-12 the head of the answer stays under 4 KB and echoes no token")
    void hdr12_smallHead() throws IOException {
        String token = TestTokens.token()
                .claim("unique_name", "n".repeat(300))
                .claim("pad", "p".repeat(2100))
                .mint();
        assertThat(token.length()).isGreaterThan(3000);
        String head = headOnly(path, "GET /forward-auth/x", "Authorization: Bearer " + token);
        assertThat(head).startsWith("HTTP/1.1 200 ").contains("n".repeat(300));
        assertThat(head.length()).isLessThan(4096);
        assertThat(head.toLowerCase(Locale.ROOT))
                .doesNotContain("set-cookie", token.substring(0, 40).toLowerCase(Locale.ROOT));
        String large = headOnly(
                path,
                "GET /forward-auth/x",
                "Authorization: "
                        + TestTokens.token()
                                .claim("unique_name", "n".repeat(512))
                                .roles("r".repeat(2048))
                                .bearer());
        assertThat(large).startsWith("HTTP/1.1 200 ");
        assertThat(large.length()).isLessThan(4096);
        String tooLarge = headOnly(
                path,
                "GET /forward-auth/x",
                "Authorization: "
                        + TestTokens.token()
                                .claim("unique_name", "ü".repeat(86))
                                .bearer());
        assertThat(tooLarge).startsWith("HTTP/1.1 403 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.c", "..", "x", "eyJ.eyJ."})
    @DisplayName("HDR-13 a bad token is 401 with a challenge, never a redirect or a server error")
    void hdr13_badToken(String token) throws IOException {
        Answer refused = ask(path, "GET /forward-auth/x", "Authorization: Bearer " + token);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("www-authenticate")).contains("error=\"invalid_token\"");
        assertThat(refused.header("location")).isNull();
    }

    @Test
    void upgradeHeadersOfAForwardedHandshakeAreIgnored() throws IOException {
        Answer granted = ask(
                ruled,
                "GET /forward-auth",
                forwarded("GET", "/ws"),
                bearer(),
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(granted.status()).isEqualTo(200);
    }

    @Test
    void originalDialectReadsItsOwnSetOnly() throws IOException {
        try (RunningGateway nginx = gateway(with(RULES, TRUST, "identities.forward-auth.dialect=x-original"))) {
            String set = "X-Original-Method: GET\r\nX-Original-URI: ";
            assertThat(ask(nginx, "GET /forward-auth", set + "/public/x").status())
                    .isEqualTo(200);
            assertThat(ask(nginx, "GET /forward-auth", set + "/other", forwarded("GET", "/public/x"))
                            .status())
                    .isEqualTo(401);
            assertThat(ask(nginx, "GET /forward-auth/public/x", forwarded("GET", "/public/x"))
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void companionRunsWithoutABackendBelowABasePath(@TempDir Path folder) throws IOException {
        try (RunningGateway companion = RunningGateway.with(
                        "identities.mode=companion",
                        "identities.management.token-file=" + Management.tokenFile(folder),
                        "identities.base-path=/identities",
                        "identities.endpoints.authenticate.enabled=false",
                        TRUST)
                .settings(RULES)
                .start()) {
            String line = "GET /identities/forward-auth";
            assertThat(ask(companion, line, forwarded("GET", "/public/x")).status())
                    .isEqualTo(200);
            assertThat(ask(companion, line, forwarded("GET", "/x"), bearer()).status())
                    .isEqualTo(200);
            assertThat(ask(companion, line, forwarded("GET", "/x")).status()).isEqualTo(401);
            assertThat(ask(companion, "GET /forward-auth", bearer()).status()).isEqualTo(404);
            assertThat(ask(companion, "GET /identities/other", bearer()).status())
                    .isEqualTo(404);
            assertThat(ask(companion, "GET /identities/forward-auth2", bearer()).status())
                    .isEqualTo(404);
            assertThat(ask(companion, "GET /identities/Forward-Auth", bearer()).status())
                    .isEqualTo(404);
            assertThat(ask(companion, "GET /identities/api/v1/renewToken").status())
                    .isEqualTo(401);

            assertThat(explain(companion, "GET /public/x")).contains("\"decision\":\"anonymous\"");
            assertThat(explain(companion, "GET /admin/x")).contains("\"status\":401", "\"reason\":\"no_token\"");
            assertThat(explain(companion, "GET /a/../b")).contains("\"status\":403", "\"reason\":\"ambiguous_target\"");
            assertThat(explain(companion, "GET /identities/api/v1/renewToken")).contains("\"decision\":\"local\"");
        }
    }

    private static String explain(RunningGateway companion, String requestLine) {
        return new Management(companion)
                .post("/actuator/explain", "{\"request\":\"" + requestLine + " HTTP/1.1\"}")
                .body();
    }

    @Test
    void switchedOffItIsAnOrdinaryPath() throws IOException {
        try (RunningGateway off = RunningGateway.with(
                        "identities.mode=companion",
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.forward-auth.enabled=false")
                .start()) {
            assertThat(ask(off, "GET /forward-auth", bearer()).status()).isEqualTo(404);
        }
    }

    @Test
    @DisplayName("CFG-07 networks that trust everybody or are none stop the start")
    void cfg07_badNetworks() {
        for (String network : List.of("0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example", "10.0.0.0/x")) {
            assertThatThrownBy(() -> gateway("identities.forward-auth.trusted-proxies=" + network)
                            .close())
                    .hasStackTraceContaining("identities.forward-auth.trusted-proxies: found '" + network + "'");
        }
    }

    /** The status that a client sees which writes the whole body before it reads. */
    private static int afterWholeBody(String framing, byte[] piece, int pieces, String before, String after)
            throws IOException {
        try (RawConnection connection = new RawConnection(path.port())) {
            connection.send("POST /forward-auth/x HTTP/1.1\r\nHost: gw\r\n" + bearer() + "\r\n" + framing + "\r\n\r\n");
            for (int i = 0; i < pieces; i++) {
                connection.send(before).send(piece).send(after);
            }
            if (!before.isEmpty()) {
                connection.send("0\r\n\r\n");
            }
            return connection.readAnswer().status();
        }
    }

    private static RunningGateway gateway(String... settings) {
        return RunningGateway.inFrontOf(
                backend.uri(), with(settings, "identities.endpoints.authenticate.enabled=false"));
    }

    private static Answer ask(RunningGateway gateway, String line, String... headers) throws IOException {
        return RawConnection.exchange(gateway.port(), request(line, headers));
    }

    private static String headOnly(RunningGateway gateway, String line, String... headers) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(request(line, with(headers, "Connection: close")));
            String text = new String(connection.socket().getInputStream().readAllBytes(), ISO_8859_1);
            return text.substring(0, text.indexOf("\r\n\r\n") + 4);
        }
    }

    private static String request(String line, String... headers) {
        StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: gw\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static String forwarded(String method, String uri) {
        return "X-Forwarded-Method: " + method + "\r\nX-Forwarded-Uri: " + uri;
    }

    private static String bearer() {
        return "Authorization: " + TestTokens.token().bearer();
    }

    private static String[] with(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }
}
