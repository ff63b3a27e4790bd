package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.testing.CompanionProxy;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.Subject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** What a proxy with our recipe does before an application that knows nothing of tokens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CompanionContract {

    private static final String LOGIN = "{\"username\":\"alice\",\"password\":\"in Wonderland\"}";

    private final RecordingBackend application = new RecordingBackend();
    private final String dialect;
    private RunningGateway gateway;
    private CompanionProxy proxy;
    private String token;

    CompanionContract(String dialect) {
        this.dialect = dialect;
    }

    abstract CompanionProxy startProxy(int gatewayPort, int applicationPort) throws IOException;

    @BeforeAll
    void startAll() throws IOException {
        gateway = companion("identities.forward-auth.trusted-proxies=127.0.0.1/32");
        proxy = startProxy(gateway.port(), application.port());
        Answer login = RawConnection.exchange(proxy.port(), login("/api/v1/authenticate", ""));
        assertThat(login.status()).as(login.text()).isEqualTo(200);
        token = login.text().replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    @BeforeEach
    void forgetRequests() {
        application.reset();
    }

    @AfterAll
    void stopAll() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        application.close();
    }

    @Test
    @DisplayName("HDR-13 a request without a token is answered 401 with the gateway's challenge")
    void hdr13_noToken() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/identities/1", ""));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers("WWW-Authenticate"))
                .singleElement()
                .asString()
                .startsWith("Bearer realm=");
        assertThat(application.count()).isZero();
    }

    @Test
    @DisplayName("HDR-13 a bad token is answered 401 with the reason in the challenge")
    void hdr13_badToken() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/identities/1", "Authorization: Bearer a.b.c\r\n"));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers("WWW-Authenticate"))
                .singleElement()
                .asString()
                .contains("error=\"invalid_token\"");
        assertThat(application.count()).isZero();
    }

    @Test
    void goodTokenReachesTheApplicationAsAName() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/identities/1?a=%2Fb&c", bearer()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(application.last().target()).isEqualTo("/identities/1?a=%2Fb&c");
        assertThat(application.last().headers("X-Auth-Username")).containsExactly("alice");
        assertThat(application.last().headers("X-Auth-Roles")).containsExactly("staff");
        assertThat(application.last().headers("X-Auth-Issuer")).containsExactly("identities-gateway");
    }

    @Test
    void doubledTokenIsRefused() throws IOException {
        Answer answer = RawConnection.exchange(
                proxy.port(), get("/identities/1", bearer() + "Authorization: Bearer a.b.c\r\n"));

        assertThat(answer.status()).isIn(400, 401);
        assertThat(application.count()).isZero();
    }

    @Test
    void forgedIdentityHeadersAreReplacedInEverySpelling() throws IOException {
        RawConnection.exchange(proxy.port(), get("/identities/1", forgedIdentity() + bearer()));

        assertThat(application.last().head()).doesNotContain("mallory");
        assertThat(application.last().headers("X-Auth-Username")).containsExactly("alice");
    }

    @Test
    void forgedIdentityHeadersAreDeletedFromAnAnonymousRequest() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/public/page", forgedIdentity()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(application.last().head()).doesNotContain("mallory");
        assertThat(application.last().headers("X-Auth-Username")).allMatch(String::isEmpty);
    }

    @Test
    @DisplayName("PATH-14 PATH-15 the application hears of no other method or path than the judged ones")
    void path14_path15_overridesAreDeletedInEverySpelling() throws IOException {
        String overrides = Stream.of(
                        "X-HTTP-Method-Override",
                        "X-HTTP_Method-Override",
                        "X-HTTP-Method",
                        "X.HTTP.Method",
                        "X-Method-Override",
                        "X_Method_Override",
                        "X-Original-URL",
                        "X-Original_URL",
                        "X-Rewrite-URL",
                        "X.Rewrite-URL",
                        "X-Script-Name",
                        "SCRIPT_NAME",
                        "Script-Name",
                        "PATH_INFO")
                .map(name -> name + ": /mallory\r\n")
                .reduce("", String::concat);
        Answer answer = RawConnection.exchange(proxy.port(), get("/public/page", overrides));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(application.last().head()).doesNotContain("mallory");
    }

    @Test
    void nameThatTheClientCallsHopByHopStillArrives() throws IOException {
        String request =
                getKeepAlive("/identities/1", "Connection: close, X-Auth-Username, x-auth-roles\r\n" + bearer());
        RawConnection.exchange(proxy.port(), request);

        assertThat(application.last().headers("X-Auth-Username")).containsExactly("alice");
        assertThat(application.last().headers("X-Auth-Roles")).containsExactly("staff");
    }

    @Test
    void wrongRoleIs403() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/admin/keys", bearer()));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(application.count()).isZero();
    }

    @Test
    void methodOfARuleIsTheClientsMethod() throws IOException {
        String post = get("/public/page", "Content-Length: 0\r\n").replaceFirst("GET", "POST");

        assertThat(RawConnection.exchange(proxy.port(), post).status()).isEqualTo(401);
        assertThat(application.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Uri: /public/page",
                "X-Forwarded-Uri: /public/page\r\nX-Forwarded-Method: GET",
                "X_Forwarded_Uri: /public/page",
                "X-Forwarded-Prefix: /public",
                "X-Original-URI: /public/page\r\nX-Original-Method: GET",
                "X-Original-URL: /public/page\r\nX-Original-Method: GET",
                "X-Original-URL: http://127.0.0.1/public/page",
                "X-Rewrite-URL: /public/page",
                "X-Envoy-Original-Path: /public/page",
                "X-Auth-Request-Redirect: /public/page",
                "Forwarded: for=127.0.0.1;host=h;proto=http"
            })
    void headersOfAnyDialectFromTheClientOpenNothing(String smuggled) throws IOException {
        Answer noToken = RawConnection.exchange(proxy.port(), get("/identities/1", smuggled + "\r\n"));
        Answer noRole = RawConnection.exchange(proxy.port(), get("/admin/keys", smuggled + "\r\n" + bearer()));

        assertThat(noToken.status()).isIn(401, 403);
        assertThat(noRole.status()).isEqualTo(403);
        assertThat(application.count()).isZero();
    }

    @Test
    void forgedOriginalRequestFromAnUntrustedCallerOpensNothing() throws IOException {
        try (RunningGateway trustsNobody = companion()) {
            for (String forged : List.of(
                    "X-Forwarded-Uri: /public/page\r\nX-Forwarded-Method: GET\r\n",
                    "X-Original-URI: /public/page\r\nX-Original-Method: GET\r\n",
                    "X-Original-URL: /public/page\r\nX-Original-Method: GET\r\n")) {
                Answer answer = RawConnection.exchange(trustsNobody.port(), get("/forward-auth", forged));

                assertThat(answer.status()).isIn(401, 403);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/authenticate/",
                "/API/V1/authenticate",
                "/api/v1//authenticate",
                "/api/v1/authenticate%20",
                "/api/v1/authenticat%65",
                "/api/v1/authenticate;a=b",
                "/api/v1/authenticate%3fa=b",
                "/api/v1/authenticate%23a",
                "/api/v1/authenticate."
            })
    @DisplayName("PATH-12 a spelling that is almost the login path never takes a password to the application")
    void path12_nearMiss(String path) throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), login(path, bearer()));

        assertThat(answer.status()).isIn(200, 400, 401, 403, 404);
        assertThat(application.count()).isZero();
    }

    @Test
    void renewalGoesToTheGatewayWithoutBeingAsked() throws IOException {
        Answer answer = RawConnection.exchange(proxy.port(), get("/api/v1/renewToken", bearer()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("\"token\"");
        assertThat(application.count()).isZero();
    }

    @Test
    void webSocketHandshakePassesWithATokenOnly() throws IOException {
        application.respond((request, out) ->
                out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello"
                        .getBytes(ISO_8859_1)));
        String upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

        Answer refused = RawConnection.exchange(proxy.port(), getKeepAlive("/identities/ws", upgrade));
        try (RawConnection connection = new RawConnection(proxy.port())) {
            Answer opened = connection
                    .send(getKeepAlive("/identities/ws", upgrade + bearer()))
                    .readAnswer();
            byte[] frames = connection.socket().getInputStream().readNBytes(5);

            assertThat(refused.status()).isEqualTo(401);
            assertThat(opened.status()).isEqualTo(101);
            assertThat(new String(frames, ISO_8859_1)).isEqualTo("hello");
            assertThat(application.received())
                    .singleElement()
                    .satisfies(request ->
                            assertThat(request.header("X-Auth-Username")).isEqualTo("alice"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("HDR-11 a large upload passes: the question whether it may carries no body")
    void hdr11_largeUpload(boolean chunked) throws Exception {
        upload(2 << 20, chunked);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("cases-full")
    @DisplayName("HDR-11 an upload of 50 MB passes")
    void hdr11_upload50Mb(boolean chunked) throws Exception {
        upload(50 << 20, chunked);
    }

    @Test
    void gatewayThatDoesNotAnswerMeansNo() throws IOException {
        try (CompanionProxy alone = startProxy(closedPort(), application.port())) {
            Answer answer = RawConnection.exchange(alone.port(), get("/identities/1", bearer()));

            assertThat(answer.status()).isBetween(502, 503);
            assertThat(application.count()).isZero();
        }
    }

    private void upload(int size, boolean chunked) throws Exception {
        byte[] body = new byte[size];
        new Random(42).nextBytes(body);
        try (RawConnection connection = new RawConnection(proxy.port())) {
            String framing = chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + size + "\r\n";
            connection.send("POST /identities HTTP/1.1\r\nHost: app\r\n" + bearer() + framing + "\r\n");
            if (chunked) {
                connection.send(Integer.toHexString(size) + "\r\n").send(body).send("\r\n0\r\n\r\n");
            } else {
                connection.send(body);
            }
            assertThat(connection.readAnswer().status()).isEqualTo(200);
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
        assertThat(application.last().bodyLength()).isEqualTo(size);
        assertThat(application.last().bodySha256()).isEqualTo(HexFormat.of().formatHex(digest));
    }

    private RunningGateway companion(String... settings) {
        return RunningGateway.with(
                        "identities.mode=companion",
                        "identities.forward-auth.dialect=" + dialect,
                        "identities.access.rules[0].methods=GET",
                        "identities.access.rules[0].path=/public/**",
                        "identities.access.rules[0].allow=anonymous",
                        "identities.access.rules[1].path=/admin/**",
                        "identities.access.rules[1].allow.any-role=administrators")
                .settings(settings)
                .bean(
                        CredentialCheck.class,
                        () -> credentials -> Mono.just(
                                credentials.username().equals("alice")
                                        ? Optional.of(new Subject("alice", List.of("staff"), Map.of()))
                                        : Optional.empty()))
                .start();
    }

    private String bearer() {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static String get(String target, String headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: app\r\nConnection: close\r\n" + headers + "\r\n";
    }

    private static String getKeepAlive(String target, String headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: app\r\n" + headers + "\r\n";
    }

    private static String login(String target, String headers) {
        return "POST " + target + " HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + headers + "Content-Length: " + LOGIN.length() + "\r\n\r\n" + LOGIN;
    }

    /** Each identity header with each mixture of {@code -}, {@code _} and {@code .}, and in lower case. */
    private static String forgedIdentity() {
        List<String> separators = List.of("-", "_", ".");
        return Stream.of("Username", "Roles", "Issuer")
                .flatMap(last -> separators.stream()
                        .flatMap(one -> separators.stream().map(two -> "X" + one + "Auth" + two + last)))
                .flatMap(name -> Stream.of(name, name.toLowerCase(Locale.ROOT)))
                .map(name -> name + ": mallory\r\n")
                .reduce("", String::concat);
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
