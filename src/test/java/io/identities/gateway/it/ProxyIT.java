package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TcpRelay;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenIssuer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backend gets, and what the client gets back. */
class ProxyIT {

    private static final int MEGABYTE = 1 << 20;

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static String token;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.access.rules[0].path=/public/**",
                "identities.access.rules[0].allow=anonymous");
        token = gateway.bean(TokenIssuer.class)
                .issue(new Subject("alice", List.of("admin", "päpstin"), Map.of()))
                .bearer()
                .compact();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @BeforeEach
    void forget() {
        backend.reset();
    }

    @ParameterizedTest(name = "PATH-08 {0}")
    @ValueSource(
            strings = {
                "/identities/na%20me?q=a%2Bb+c%25&q=&e",
                "/identities///7//x?u=http://h/p?q",
                "/identities?f=%7B%22a%22%3A1%7D",
                "/identities?",
                "/identities/a%2Fb/photo",
                "/identities/a%2fb",
                "/identities/%E2%82%AC",
                "/identities/a%5Cb",
                "/identities/100%25",
                "/identities/1;jsessionid=ABC?x=1",
                "//identities/1",
                "//evil.example/identities"
            })
    void requestTargetReachesTheBackendByteForByte(String target) throws IOException {
        Answer answer = get(target, "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(backend.last().target()).isEqualTo(target);
    }

    @Test
    void hdr01_identityHeadersOfTheClientNeverReachTheBackend() throws IOException {
        get(
                "/identities/1",
                "X-Auth-Username: admin\r\nx_auth_username: admin\r\nX.Auth.Username: admin\r\nX-Auth-Roles: root\r\n"
                        + "X-Auth-Issuer: me\r\nConnection: X-Auth-Username\r\n");
        assertThat(backend.last().headers("X-Auth-Username")).containsExactly("alice");
        assertThat(backend.last().headers("X-Auth-Roles")).containsExactly("admin,p%C3%A4pstin");
        assertThat(backend.last().headers("X-Auth-Issuer")).containsExactly("identities-gateway");
        assertThat(backend.last().head())
                .doesNotContain("root")
                .doesNotContain("x_auth")
                .doesNotContain("X.Auth");
    }

    @Test
    void path14_path15_overrideHeadersAreDroppedAndTheMethodStays() throws IOException {
        get(
                "/identities/1?_method=DELETE",
                "X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: DELETE\r\nX-Method-Override: DELETE\r\n"
                        + "X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nX-Forwarded-Uri: /admin\r\n"
                        + "Proxy: http://evil.example/admin\r\n");
        assertThat(backend.last().requestLine()).startsWith("GET /identities/1?_method=DELETE ");
        assertThat(backend.last().head()).doesNotContain("DELETE\r\n").doesNotContain("/admin");
    }

    @Test
    void hdr04_forwardedHeadersOfAnUntrustedPeerAreMadeAnew() throws IOException {
        get(
                "/identities/1",
                "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n"
                        + "X-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /evil\r\nForwarded: for=6.6.6.6;host=evil\r\n"
                        + "X-Real-IP: 6.6.6.6\r\nProxy-Authorization: Basic eA==\r\n");
        assertThat(backend.last().head())
                .doesNotContain("6.6.6.6")
                .doesNotContain("evil")
                .doesNotContainIgnoringCase("proxy-authorization");
        assertThat(backend.last().headers("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(backend.last().headers("X-Forwarded-Proto")).containsExactly("http");
        assertThat(backend.last().header("Authorization")).isEqualTo("Bearer " + token);
    }

    @Test
    void anonymousPassCarriesNoIdentityAndNoTokenThatNobodyVerified() throws IOException {
        RawConnection.exchange(
                gateway.port(),
                "GET /public/a HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer a.b.c\r\nX-Auth-Username: admin\r\n\r\n");
        assertThat(backend.last().headers("Authorization")).isEmpty();
        assertThat(backend.last().headers("X-Auth-Username")).isEmpty();
        RawConnection.exchange(
                gateway.port(), "GET /public/a HTTP/1.1\r\nHost: gw\r\nAuthorization: Basic eDp5\r\n\r\n");
        assertThat(backend.last().headers("Authorization")).containsExactly("Basic eDp5");
    }

    @Test
    void usersOwnRoutesAreGuardedByTheSameFilterAndKeepTheirFilters() throws IOException {
        try (RunningGateway routed = ownRoute()) {
            String request = "GET /reports/7 HTTP/1.1\r\nHost: gw\r\nX-Auth-Username: root\r\n";
            assertThat(RawConnection.exchange(routed.port(), request + "\r\n").status())
                    .isEqualTo(401);
            assertThat(backend.count()).isZero();
            request += "X-Forwarded-For: 192.0.2.6\r\nForwarded: for=192.0.2.6\r\n";
            assertThat(RawConnection.exchange(routed.port(), request + bearerOf(routed) + "\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(backend.last().target()).isEqualTo("/7");
            assertThat(backend.last().headers("X-Report")).containsExactly("yes");
            assertThat(backend.last().headers("X-Auth-Username")).containsExactly("bob");
            assertThat(backend.last().headers("X-Forwarded-For")).containsExactly("127.0.0.1");
            assertThat(backend.last().headers("X-Forwarded-Proto")).containsExactly("http");
            assertThat(backend.last().headers("X-Forwarded-Host")).containsExactly("gw");
            assertThat(backend.last().headers("Forwarded")).containsExactly("for=127.0.0.1;host=gw;proto=http");

            backend.respond((received, out) -> out.write(RecordingBackend.answer(
                    "200 OK",
                    "X-Request-Id: theirs\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept, Origin\r\nSet-Cookie: a=1\r\n"
                            + "Set-Cookie: b=2\r\nConnection: X-Hop\r\nX-Hop: x\r\nX-A: b",
                    "{}")));
            Answer answer = RawConnection.exchange(
                    routed.port(), request + bearerOf(routed) + "Origin: https://app.example\r\n\r\n");
            assertThat(answer.headers("X-Request-Id"))
                    .as("HDR-14")
                    .hasSize(1)
                    .containsExactlyElementsOf(backend.last().headers("X-Request-Id"));
            assertThat(answer.headers("Access-Control-Allow-Origin")).containsExactly("https://app.example");
            assertThat(answer.headers("Vary")).containsExactly("Origin", "Accept");
            assertThat(answer.headers("Set-Cookie")).containsExactly("a=1", "b=2");
            assertThat(answer.headers("X-Hop")).isEmpty();
            assertThat(answer.headers("X-A")).containsExactly("b");
        }
    }

    @Test
    @DisplayName("CFG-10 a user's own route that leads back to the gateway ends after a few rounds")
    void cfg10_ownRouteGoesRoundAFewTimesOnly() throws IOException {
        try (TcpRelay back = new TcpRelay(backend.port());
                RunningGateway routed = RunningGateway.inFrontOf(
                        backend.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "spring.cloud.gateway.server.webflux.routes[0].id=loop",
                        "spring.cloud.gateway.server.webflux.routes[0].uri=http://127.0.0.1:" + back.port(),
                        "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/loop")) {
            back.redirect(routed.port());
            Answer answer = RawConnection.exchange(
                    routed.port(), "GET /loop HTTP/1.1\r\nHost: gw\r\n" + bearerOf(routed) + "\r\n");
            assertThat(answer.status()).isEqualTo(508);
            assertThat(answer.text()).contains("loop_detected");
        }
    }

    @Test
    @DisplayName("HDR-08 a token that comes as a sub-protocol is none for a user's own route either")
    void hdr08_ownRouteSeesNoTokenAmongTheSubprotocols() throws IOException {
        try (RunningGateway routed = ownRoute()) {
            String token = bearerOf(routed).replaceAll("Authorization: Bearer |\r\n", "");
            for (String others : List.of("", ", chat")) {
                String handshake =
                        "GET /reports/ws HTTP/1.1\r\nHost: gw\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                + "Sec-WebSocket-Protocol: bearer, " + token + others + "\r\n\r\n";
                backend.reset();
                try (RawConnection client = new RawConnection(routed.port())) {
                    Answer answer = client.send(handshake).readAnswer();
                    assertThat(answer.status()).isEqualTo(101);
                    assertThat(answer.headers("Sec-WebSocket-Protocol"))
                            .containsExactly(others.isEmpty() ? "bearer" : "chat");
                    await().until(() -> backend.count() == 1);
                }
                assertThat(backend.last().headers("Authorization")).containsExactly("Bearer " + token);
                assertThat(String.join("", backend.last().headers("Sec-WebSocket-Protocol")))
                        .isEqualTo(others.isEmpty() ? "" : "chat");
            }
        }
    }

    private static RunningGateway ownRoute() {
        return RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.cors.allowed-origins=https://app.example",
                "identities.proxy.websocket-token-subprotocol=true",
                "spring.cloud.gateway.server.webflux.routes[0].id=reports",
                "spring.cloud.gateway.server.webflux.routes[0].uri=" + backend.uri(),
                "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/reports/**",
                "spring.cloud.gateway.server.webflux.routes[0].filters[0]=StripPrefix=1",
                "spring.cloud.gateway.server.webflux.routes[0].filters[1]=AddRequestHeader=X-Report, yes");
    }

    private static String bearerOf(RunningGateway routed) {
        return "Authorization: Bearer " + routed.tokenFor("bob") + "\r\n";
    }

    @Test
    void ups05_twentyMegabytesPassUnchangedWithoutGrowingTheHeap() throws Exception {
        for (String type : List.of("application/json", "multipart/form-data; boundary=b")) {
            long before = usedHeap();
            String sent = upload(type, 20);
            assertThat(backend.last().bodyLength()).isEqualTo(20L * MEGABYTE);
            assertThat(backend.last().bodySha256()).isEqualTo(sent);
            assertThat(usedHeap() - before).isLessThan(10L * MEGABYTE);
        }
    }

    @Test
    void ups01_refusalArrivesBeforeTheBodyAndTheBodyIsNeverARequest() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("POST /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer a.b.c\r\n"
                    + "Content-Length: 5242880\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(401);
            assertThat(backend.count()).isZero();
        }
        assertThat(get("/identities/1", "").status()).isEqualTo(200);
    }

    @Test
    void chunkedAnswersKeepStatusAndBody() throws IOException {
        backend.respond((request, out) -> out.write(("HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "3\r\n{\"a\r\n3\r\n\":1\r\n1\r\n}\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        Answer answer = get("/identities/1", "");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).isEqualTo("{\"a\":1}");
        assertThat(answer.headers("transfer-encoding")).containsExactly("chunked");
    }

    @Test
    void ups11_backendFaultsAreNeverInternalErrors() throws IOException {
        for (String garbage : List.of("garbage\r\n\r\n", "HTTP/1.1 99999 X\r\n\r\n", "")) {
            backend.respond((request, out) -> {
                out.write(garbage.getBytes(StandardCharsets.US_ASCII));
                out.close();
            });
            Answer answer = post("/identities/1", "x");
            assertThat(answer.status()).as(garbage).isEqualTo(502);
            assertThat(answer.text()).contains("\"code\":\"backend_failed\"").doesNotContain("java");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
        }
    }

    private static Answer get(String target, String headers) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "GET " + target + " HTTP/1.1\r\nHost: gw.example\r\nAuthorization: Bearer " + token + "\r\n" + headers
                        + "\r\n");
    }

    private static Answer post(String target, String body) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "POST " + target + " HTTP/1.1\r\nHost: gw.example\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String upload(String type, int megabytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] block = new byte[MEGABYTE];
        Arrays.fill(block, (byte) 'A');
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("POST /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Type: " + type + "\r\nContent-Length: " + (long) megabytes * MEGABYTE
                    + "\r\n\r\n");
            OutputStream out = connection.socket().getOutputStream();
            for (int i = 0; i < megabytes; i++) {
                block[i] = (byte) i;
                digest.update(block);
                out.write(block);
            }
            assertThat(connection.readAnswer().status()).isEqualTo(200);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
