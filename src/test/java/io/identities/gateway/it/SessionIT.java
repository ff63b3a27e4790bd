package io.identities.gateway.it;

import static io.identities.gateway.testing.RecordingBackend.answer;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoints that the gateway answers itself, on real sockets. */
class SessionIT {

    private static final String GOOD = "{\"username\":\"alice\",\"password\":\"wonderland\"}";

    private static RecordingBackend backend;
    private static RecordingBackend check;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        check = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.credentials.check=http",
                "identities.credentials.http.uri=" + check.uri() + "/login",
                "identities.credentials.throttle.enabled=false");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        check.close();
        backend.close();
    }

    @BeforeEach
    void reset() {
        backend.reset();
        check.reset();
        check.respond((request, out) -> out.write(
                request.bodyStart().contains("\"wonderland\"")
                        ? RecordingBackend.ok("{\"username\":\"alice\"}")
                        : answer("401 Unauthorized", "Content-Type: text/plain", "no")));
    }

    @Test
    void loginGivesATokenThatRenewsAndOpensTheBackend() throws IOException {
        Answer login = post("/api/v1/authenticate", GOOD);
        assertThat(login.status()).isEqualTo(200);
        assertThat(login.header("content-type")).isEqualTo("application/json");
        assertThat(login.text())
                .startsWith("{\"username\":\"alice\",\"token\":\"ey")
                .endsWith("\"}");
        String token = token(login);
        Answer renewal = get("/api/v1/renewToken", token);
        assertThat(renewal.status()).isEqualTo(200);
        assertThat(token(renewal)).isNotEqualTo(token);
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("LOG-01 unknown user and wrong password: same status, same bytes, same header names")
    void log01_refusalsAreIdentical() throws IOException {
        Answer wrongPassword = post("/api/v1/authenticate", "{\"username\":\"alice\",\"password\":\"x\"}");
        Answer unknownUser = post("/api/v1/authenticate", "{\"username\":\"nobody\",\"password\":\"x\"}");
        assertThat(wrongPassword.status()).isEqualTo(400);
        assertThat(unknownUser.status()).isEqualTo(400);
        assertThat(unknownUser.body()).isEqualTo(wrongPassword.body());
        assertThat(names(unknownUser)).isEqualTo(names(wrongPassword));
        assertThat(wrongPassword.text()).contains("\"code\":\"invalid_credentials\"");
    }

    static Stream<String> unreadableBodies() {
        return Stream.of(
                "",
                "{",
                "null",
                "[]",
                "\"x\"",
                "{}",
                "{\"username\":\"alice\"}",
                "{\"password\":\"wonderland\"}",
                "{\"username\":null,\"password\":\"wonderland\"}",
                "{\"username\":[\"alice\"],\"password\":{\"a\":1}}",
                "{\"username\":1,\"password\":2}",
                "{\"username\":\"alice\",\"password\":\"wonderland\",\"password\":\"x\"}",
                "{\"username\":\"bob\",\"username\":\"alice\",\"password\":\"wonderland\"}",
                "{\"username\":\"bob\",\"user\\u006eame\":\"alice\",\"password\":\"wonderland\"}",
                "{\"Username\":\"alice\",\"PASSWORD\":\"wonderland\"}",
                "[" + GOOD + "]",
                "{\"login\":" + GOOD + "}",
                GOOD + GOOD,
                GOOD + "x",
                "\ufeff" + GOOD,
                "{'username':'alice','password':'wonderland'}",
                "{\"username\":\"alice\",\"password\":\"wonderland\",}",
                "{\"username\":\"alice\",\"password\":\"wonderland\"/**/}",
                "{\"username\":\"alice\",\"password\":\"wonderland\",\"x\":" + "[".repeat(3000) + "]".repeat(3000)
                        + "}");
    }

    @ParameterizedTest
    @MethodSource("unreadableBodies")
    @DisplayName("LOG-05, LOG-17 a body that is no such object is 400 without internals")
    void log05_log17_unreadableBody(String body) throws IOException {
        Answer refused = post("/api/v1/authenticate", body);
        assertThat(refused.status()).isEqualTo(400);
        assertIsGenericProblem(refused, "invalid_request");
        assertThat(check.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"username\":\"\",\"password\":\"wonderland\"}",
                "{\"username\":\" \",\"password\":\"wonderland\"}",
                "{\"username\":\"alice\",\"password\":\"\"}",
                "{\"username\":\"alice\\u0000\",\"password\":\"wonderland\"}",
                "{\"username\":\"alice\\r\\nX-A: b\",\"password\":\"wonderland\"}",
                "{\"username\":\"alice\\ud800\",\"password\":\"wonderland\"}",
                "{\"username\":\"alice\",\"password\":\"wonderland\\udc00\"}"
            })
    @DisplayName("LOG-05 names and passwords that nobody can have read like any wrong one, and nobody is asked")
    void log05_neverRight(String body) throws IOException {
        Answer refused = post("/api/v1/authenticate", body);
        assertThat(refused.body())
                .isEqualTo(post("/api/v1/authenticate", "{\"username\":\"bob\",\"password\":\"x\"}")
                        .body());
        assertIsGenericProblem(refused, "invalid_credentials");
        assertThat(check.count()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {" alice", "alice ", "\u00a0alice", "alice\u3000", "\u2003alice"})
    @DisplayName("LOG-05 a name with a blank at either end gets no token, even when the check approves it")
    void log05_blanks(String name) throws IOException {
        check.respond((request, out) -> out.write(RecordingBackend.ok("{}")));
        Answer refused = post("/api/v1/authenticate", "{\"username\":\"" + name + "\",\"password\":\"wonderland\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertIsGenericProblem(refused, "invalid_credentials");
    }

    @Test
    @DisplayName("LOG-05 other encodings than UTF-8 are 400")
    void log05_otherEncodings() throws IOException {
        for (byte[] body : List.of(
                GOOD.getBytes(UTF_16),
                "{\"username\":\"søren\",\"password\":\"x\"}".getBytes(ISO_8859_1),
                new byte[] {(byte) 0xff})) {
            assertThat(post("/api/v1/authenticate", "application/json", body).status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: application/json;charset=utf-16",
                "Content-Type: application/json;charset=iso-8859-1",
                "Content-Type: application/json;charset=nonsense",
                "Content-Type: application/*",
                "Content-Type: nonsense",
                "Content-Type:",
                "X-None: 1",
                "Content-Type: application/json\r\nContent-Encoding: gzip"
            })
    @DisplayName("LOG-05 what is not announced as JSON is 415")
    void log05_otherMediaTypes(String header) throws IOException {
        Answer refused = exchange("POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\n" + header + "\r\nContent-Length: "
                + GOOD.length() + "\r\n\r\n" + GOOD);
        assertThat(refused.status()).isEqualTo(415);
        assertIsGenericProblem(refused, "unsupported_media_type");
        assertThat(check.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/json;charset=utf-8", "Application/JSON; charset=\"UTF-8\""})
    @DisplayName("LOG-05 every spelling of JSON in UTF-8 is taken")
    void log05_jsonMediaTypes(String type) throws IOException {
        assertThat(post("/api/v1/authenticate", type, GOOD.getBytes(UTF_8)).status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("LOG-05 a compressed body is 415")
    void log05_gzip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(GOOD.getBytes(UTF_8));
        }
        assertThat(post("/api/v1/authenticate", "application/json\r\nContent-Encoding: gzip", bytes.toByteArray())
                        .status())
                .isEqualTo(415);
    }

    @Test
    @DisplayName("LOG-04 a body over 8 KiB is 413 before it is read, announced or chunked")
    void log04_tooLarge() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(head("application/json", "Content-Length: 104857600"));
            assertThat(connection.readAnswer().status()).isEqualTo(413);
        }
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(head("application/json", "Transfer-Encoding: chunked"));
            connection.send("2000\r\n" + "x".repeat(8192) + "\r\n");
            connection.send("1\r\nx\r\n");
            Answer refused = connection.readAnswer();
            assertThat(refused.status()).isEqualTo(413);
            assertIsGenericProblem(refused, "body_too_large");
        }
        assertThat(check.count()).isZero();
    }

    @Test
    @DisplayName("LOG-04 fifty large bodies at once are 413 each, whatever is large in them, and nobody is asked")
    void log04_largeBodiesInParallel() {
        String megabyte = "x".repeat(1_000_000);
        List<String> bodies = List.of(
                "{\"username\":\"alice\",\"password\":\"" + megabyte + "\"}",
                "{\"username\":\"" + megabyte + "\",\"password\":\"wonderland\"}",
                GOOD.substring(0, GOOD.length() - 1) + ",\"x\":0".repeat(100_000) + "}",
                GOOD.substring(0, GOOD.length() - 1) + ",\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}");
        List<Integer> statuses = IntStream.range(0, 50)
                .parallel()
                .mapToObj(i -> statusOfLogin(bodies.get(i % bodies.size())))
                .toList();
        assertThat(statuses).hasSize(50).containsOnly(413);
        assertThat(check.count()).isZero();
    }

    @Test
    @DisplayName("LOG-04 a body of exactly 8 KiB is read")
    void log04_largestBody() throws IOException {
        String body = GOOD + " ".repeat(8192 - GOOD.length());
        assertThat(post("/api/v1/authenticate", body).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("LOG-04 many members within the limit are passed over")
    void log04_furtherMembers() throws IOException {
        StringBuilder body = new StringBuilder("{");
        for (int i = 0; i < 800; i++) {
            body.append("\"").append(i).append("\":0,");
        }
        body.append(GOOD.substring(1));
        assertThat(post("/api/v1/authenticate", body.toString()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Basic xxx", "Authorization: Bearer a.b.c", "Authorization:"})
    @DisplayName("BEA-06 login looks at no Authorization header")
    void bea06_loginIgnoresAuthorization(String header) throws IOException {
        Answer login = post("/api/v1/authenticate", "application/json\r\n" + header, GOOD.getBytes(UTF_8));
        assertThat(login.status()).isEqualTo(200);
    }

    @Test
    void everyLoginBeginsASessionOfItsOwnWhateverComesAlong() throws IOException {
        String planted = token(post("/api/v1/authenticate", GOOD));
        String headers = "application/json\r\nAuthorization: Bearer " + planted + "\r\nCookie: token=" + planted;
        Set<String> sessions = new HashSet<>(Set.of(claim(planted, "sid"), claim(planted, "jti")));
        for (int i = 0; i < 3; i++) {
            String own = token(post("/api/v1/authenticate", headers, GOOD.getBytes(UTF_8)));
            assertThat(sessions.add(claim(own, "sid"))).isTrue();
            assertThat(sessions.add(claim(own, "jti"))).isTrue();
        }
        assertThat(postWithToken("/api/v1/revokeToken", planted).status()).isEqualTo(204);
    }

    @Test
    @DisplayName("LOG-12 an outage of the check is never 400")
    void log12_outage() throws IOException {
        check.respond((request, out) -> out.write(answer("500 Oops", "Content-Type: text/plain", "wonderland")));
        Answer outage = post("/api/v1/authenticate", GOOD);
        assertThat(outage.status()).isEqualTo(503);
        assertThat(outage.header("retry-after")).matches("[1-9][0-9]*");
        assertIsGenericProblem(outage, "credential_check_unavailable");
    }

    @Test
    @DisplayName("LOG-16 answers about tokens are never stored, conditional or partial")
    void log16_neverStored() throws IOException {
        Answer login = post("/api/v1/authenticate", GOOD);
        String token = token(login);
        Answer refused = post("/api/v1/authenticate", "{\"username\":\"alice\",\"password\":\"x\"}");
        Answer renewal = exchange(
                "GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token
                        + "\r\nIf-None-Match: *\r\nIf-Modified-Since: Wed, 25 Nov 2026 00:00:00 GMT\r\nRange: bytes=0-3\r\n\r\n");
        Answer unauthorized = get("/api/v1/renewToken", "a.b.c");
        assertThat(renewal.status()).isEqualTo(200);
        assertThat(unauthorized.status()).isEqualTo(401);
        for (Answer answer : List.of(login, refused, renewal, unauthorized)) {
            assertThat(answer.headers("cache-control")).containsExactly("no-store");
            assertThat(answer.headers("pragma")).containsExactly("no-cache");
            assertThat(answer.header("etag")).isNull();
            assertThat(answer.header("last-modified")).isNull();
            assertThat(answer.headers("x-request-id")).hasSize(1);
        }
    }

    @Test
    @DisplayName("LOG-09 an expired token, one at its session's limit, and one without a session are not renewed")
    void log09_notRenewable() throws IOException {
        Instant now = Instant.now();
        TestTokens expired = TestTokens.sessionToken(now, "s1").claim("exp", now.getEpochSecond() - 3600);
        TestTokens atLimit = TestTokens.sessionToken(now, "s2").claim("auth_time", now.getEpochSecond() - 12 * 3600);
        TestTokens sessionless = TestTokens.token();
        for (TestTokens token : List.of(expired, atLimit, sessionless)) {
            Answer refused = get("/api/v1/renewToken", token.mint());
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("www-authenticate")).contains("error=\"invalid_token\"");
        }
    }

    @Test
    @DisplayName("LOG-08 parallel renewals of one token all succeed")
    void log08_parallelRenewals() throws IOException {
        String token = token(post("/api/v1/authenticate", GOOD));
        List<Integer> statuses = Stream.generate(() -> token).limit(50).toList().parallelStream()
                .map(one -> statusOfRenewal(one))
                .toList();
        assertThat(statuses).hasSize(50).containsOnly(200);
        assertThat(get("/api/v1/renewToken", token).status()).isEqualTo(200);
    }

    @Test
    void revocationEndsTheWholeSession() throws IOException {
        String first = token(post("/api/v1/authenticate", GOOD));
        String second = token(get("/api/v1/renewToken", first));
        String other = token(post("/api/v1/authenticate", GOOD));
        Answer revoked = postWithToken("/api/v1/revokeToken", first);
        assertThat(revoked.status()).isEqualTo(204);
        assertThat(revoked.header("cache-control")).isEqualTo("no-store");
        for (String token : List.of(first, second)) {
            assertThat(get("/api/v1/renewToken", token).status()).isEqualTo(401);
            assertThat(postWithToken("/api/v1/revokeToken", token).status()).isEqualTo(401);
        }
        assertThat(get("/api/v1/renewToken", other).status()).isEqualTo(200);
    }

    @Test
    void revocationTakesAnyGoodTokenOnceAndNoOther() throws IOException {
        Instant now = Instant.now();
        String withinTheSkew = TestTokens.sessionToken(now, "skew")
                .claim("exp", now.getEpochSecond() - 10)
                .mint();
        String expired = TestTokens.sessionToken(now, "expired")
                .claim("exp", now.getEpochSecond() - 3600)
                .mint();
        String sessionless = TestTokens.token().claim("jti", "alone").mint();
        for (String token : List.of(withinTheSkew, sessionless)) {
            assertThat(postWithToken("/api/v1/revokeToken", token).status()).isEqualTo(204);
            assertThat(postWithToken("/api/v1/revokeToken", token).status()).isEqualTo(401);
        }
        for (String token : List.of(expired, "a.b.c")) {
            Answer refused = postWithToken("/api/v1/revokeToken", token);
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.headers("www-authenticate"))
                    .singleElement()
                    .asString()
                    .contains("error=\"invalid_token\"");
        }
        assertThat(post("/api/v1/revokeToken", "{}").status()).isEqualTo(401);
    }

    @Test
    void revocationReadsNoBody() throws IOException {
        String token = token(post("/api/v1/authenticate", GOOD));
        String other = token(post("/api/v1/authenticate", GOOD));
        Answer revoked = post(
                "/api/v1/revokeToken",
                "application/json\r\nAuthorization: Bearer " + token,
                ("{\"token\":\"" + other + "\"}").getBytes(UTF_8));
        assertThat(revoked.status()).isEqualTo(204);
        assertThat(get("/api/v1/renewToken", token).status()).isEqualTo(401);
        assertThat(get("/api/v1/renewToken", other).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/authenticate|POST",
                "HEAD /api/v1/authenticate|POST",
                "PUT /api/v1/authenticate|POST",
                "OPTIONS /api/v1/authenticate|POST",
                "HEAD /api/v1/renewToken|GET",
                "POST /api/v1/renewToken|GET",
                "PURGE /api/v1/renewToken|GET",
                "GET /api/v1/revokeToken|POST",
                "DELETE /api/v1/revokeToken|POST"
            })
    void wrongMethodIs405WithAllow(String line) throws IOException {
        String[] parts = line.split("\\|");
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(parts[0] + " HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n");
            String text = new String(connection.socket().getInputStream().readAllBytes(), ISO_8859_1);
            assertThat(text).startsWith("HTTP/1.1 405 ").containsIgnoringCase("\r\nallow: " + parts[1] + "\r\n");
        }
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("PATH-14 a method override does not change the method")
    void path14_methodOverride() throws IOException {
        String token = token(post("/api/v1/authenticate", GOOD));
        Answer refused = exchange("POST /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nX-HTTP-Method-Override: GET\r\n"
                + "Authorization: Bearer " + token + "\r\nContent-Length: 0\r\n\r\n");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("allow")).isEqualTo("GET");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Envoy-Original-Path"
            })
    @DisplayName("PATH-15 a header that names another path is not believed")
    void path15_originalUrlHeaders(String header) throws IOException {
        Answer refused =
                post("/api/v1/authenticate", "application/json\r\n" + header + ": /identities/1", "{}".getBytes(UTF_8));
        assertThat(refused.status()).isEqualTo(400);
        assertIsGenericProblem(refused, "invalid_request");
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/authenticate/",
                "/API/V1/authenticate",
                "/api/v1/authenticate%20",
                "/api/v1/authenticate%00",
                "/api/v1/authenticat%65",
                "/api/v1/authenticat%2565",
                "/api/v1/authenticate;x=y",
                "/api;x/v1/authenticate",
                "//api/v1/authenticate",
                "/api//v1/authenticate",
                "/api%2fv1/authenticate",
                "/api/v1/authenticate.",
                "/api/v1/renewtoken",
                "/api/v1/revokeToken//"
            })
    @DisplayName("PATH-12 a near miss of a local path is a local 404, also with a good token")
    void path12_nearMiss(String path) throws IOException {
        String token = token(post("/api/v1/authenticate", GOOD));
        for (String authorization : List.of("", "\r\nAuthorization: Bearer " + token)) {
            Answer missed = post(path, "application/json" + authorization, GOOD.getBytes(UTF_8));
            assertThat(missed.status()).isEqualTo(404);
            assertIsGenericProblem(missed, "not_found");
        }
        assertThat(backend.count()).isZero();
    }

    @Test
    @EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
    void jsonTestSuiteNeverBreaksTheLogin() throws IOException {
        Path folder = Path.of(System.getProperty("test.vectors"), "json-test-suite", "test_parsing");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                byte[] body = Files.readAllBytes(file);
                Answer refused = post("/api/v1/authenticate", "application/json", body);
                assertThat(refused.status()).as("%s", file.getFileName()).isEqualTo(body.length > 8192 ? 413 : 400);
            }
        }
        assertThat(check.count()).isZero();
    }

    private static void assertIsGenericProblem(Answer answer, String code) {
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        assertThat(answer.text())
                .contains("\"code\":\"" + code + "\"", "\"status\":" + answer.status())
                .doesNotContain("alice", "wonderland", "jackson", "Exception", "java");
    }

    private static int statusOfLogin(String body) {
        try {
            return post("/api/v1/authenticate", body).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String claim(String token, String name) {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), UTF_8);
        return claims.replaceAll(".*\"" + name + "\":\"([^\"]+)\".*", "$1");
    }

    private static int statusOfRenewal(String token) {
        try {
            return get("/api/v1/renewToken", token).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer get(String path, String token) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    }

    private static Answer postWithToken(String path, String token) throws IOException {
        return exchange("POST " + path + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token
                + "\r\nContent-Length: 0\r\n\r\n");
    }

    private static Answer post(String path, String body) throws IOException {
        return post(path, "application/json", body.getBytes(UTF_8));
    }

    private static Answer post(String path, String type, byte[] body) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: gw\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.length + "\r\n\r\n";
        try (RawConnection connection = new RawConnection(gateway.port())) {
            return connection.send(head).send(body).readAnswer();
        }
    }

    private static String head(String type, String framing) {
        return "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: " + type + "\r\n" + framing
                + "\r\n\r\n";
    }

    private static Answer exchange(String request) throws IOException {
        return RawConnection.exchange(gateway.port(), request);
    }

    private static String token(Answer answer) {
        return answer.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    }

    private static List<String> names(Answer answer) {
        return answer.headers().stream()
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }
}
