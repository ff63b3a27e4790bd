package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend answers, to the byte: what passes as it is, what is set right, and what is no answer at all. */
class AnswerIT {

    private static final String APP = "https://app.example";
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static String token;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "server.compression.enabled=true",
                "identities.cors.allowed-origins=" + APP,
                "identities.cors.allow-credentials=true");
        token = gateway.tokenFor("alice");
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

    @ParameterizedTest(name = "{0}")
    @DisplayName("RFC 9110 14.4 Boot's compression packs what is whole and free to be packed")
    @CsvSource(
            delimiter = '|',
            value = {
                "200 OK|X-A: b|gzip",
                "200 OK|Vary: Accept-Encoding|gzip",
                "206 Partial Content|Content-Range: bytes 0-2999/9000|",
                "200 OK|ETag: \"a\"|",
                "200 OK|Content-Encoding: br|br"
            })
    void compressionLeavesAloneWhatHasToKeepItsBytes(String status, String header, String coding) throws IOException {
        String body = "x".repeat(3_000);
        answerWith("HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: 3000\r\n" + header
                + "\r\n\r\n" + body);
        Answer answer = get("Accept-Encoding: gzip\r\n");
        assertThat(answer.header("Content-Encoding")).isEqualTo(coding);
        assertThat(answer.text().equals(body)).isEqualTo(!"gzip".equals(coding));
        assertThat(answer.headers("Vary").stream().filter("accept-encoding"::equalsIgnoreCase))
                .hasSize("gzip".equals(coding) ? 1 : 0);
    }

    @Test
    @DisplayName("HDR-14 CORS and security headers appear once each, whoever says them")
    void hdr14_headersAppearOnce() throws IOException {
        answerWith(OK + "Access-Control-Allow-Origin: " + APP + "\r\nAccess-Control-Allow-Credentials: true\r\n"
                + "Vary: Origin\r\nX-Content-Type-Options: nosniff\r\nCache-Control: private\r\nX-Frame-Options: DENY\r\n"
                + "Strict-Transport-Security: max-age=1\r\nContent-Length: 2\r\n\r\nok");
        Answer passed = get("Origin: " + APP + "\r\n");
        assertThat(passed.status()).isEqualTo(200);
        assertThat(passed.headers("Cache-Control")).containsExactly("private");
        assertThat(passed.headers("X-Frame-Options")).containsExactly("DENY");
        assertThat(passed.headers("Strict-Transport-Security")).containsExactly("max-age=1");
        assertOnce(passed);

        backend.respond((request, out) -> out.close());
        Answer failed =
                RawConnection.exchange(gateway.port(), request("POST", "Origin: " + APP + "\r\nContent-Length: 0\r\n"));
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.headers("Cache-Control")).containsExactly("no-store");
        assertOnce(failed);

        Answer refused = RawConnection.exchange(
                gateway.port(), "GET /identities HTTP/1.1\r\nHost: gw\r\nOrigin: " + APP + "\r\n\r\n");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers("Cache-Control")).containsExactly("no-store");
        assertOnce(refused);
    }

    private static void assertOnce(Answer answer) {
        assertThat(answer.headers("Access-Control-Allow-Origin")).containsExactly(APP);
        assertThat(answer.headers("Access-Control-Allow-Credentials")).containsExactly("true");
        assertThat(answer.headers("Vary")).containsExactly("Origin");
        assertThat(answer.headers("X-Content-Type-Options")).hasSizeLessThan(2);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("bytes beyond the end of an answer never become the answer to another request")
    @ValueSource(
            strings = {
                "EXTRA",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "garbage\r\nmore garbage\r\n\r\n"
            })
    void strayBytes(String stray) throws IOException {
        for (String framing :
                List.of("Content-Length: 2\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")) {
            answerWith(OK + framing + stray);
            assertThat(get("").text()).isEqualTo("ok");
            backend.reset();
            assertThat(get("").text()).isEqualTo("{\"ok\":true}");
        }
    }

    @Test
    void strayBytesAreFoundInAnAnswerThatComesInPieces() throws IOException {
        answerInPieces(
                OK + "Transfer-Encod", "ing: chunked\r\n\r\n2\r\nok\r\n0", "\r\n\r\nHTTP/1.1 200 OK\r\nX-Evil: ");
        assertThat(get("").text()).isEqualTo("ok");
        backend.reset();
        Answer next = get("");
        assertThat(next.text()).isEqualTo("{\"ok\":true}");
        assertThat(next.header("X-Evil")).isNull();
    }

    @Test
    void answerInPiecesKeepsItsConnection() throws IOException {
        answerInPieces(OK + "Transfer-Encod", "ing: chunked\r\n\r\n2\r\nok\r\n0", "\r\n\r\n");
        assertThat(get("").text()).isEqualTo("ok");
        int connections = backend.acceptedConnections();
        assertThat(get("").text()).isEqualTo("ok");
        assertThat(backend.acceptedConnections()).isEqualTo(connections);
    }

    @Test
    void bytesThatNobodyAskedForEndTheConnection() throws IOException {
        backend.respond((request, out) -> {
            out.write(RecordingBackend.ok("{}"));
            out.flush();
            await().until(() -> !request.head().isEmpty());
            out.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
        });
        assertThat(get("").text()).isEqualTo("{}");
        await().until(() -> backend.openConnections() == 0);
        backend.reset();
        assertThat(get("").status()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName(
            "UPS-11 what can be read in two ways, or not at all, is 502 with one warning, and is not asked for again")
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: gzip\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-A: a\rX-B: b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX-A: a\u0000b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX@A: a\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nnocolon\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 99999 X\r\n\r\n",
                "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"
            })
    void ups11_noAnswerAtAll(String answer) throws IOException {
        assertThat(get("").status()).as("keeps a connection").isEqualTo(200);
        answerWith(answer);
        int before = backend.count();
        try (LogCapture ours = LogCapture.of("io.identities");
                LogCapture theirs = LogCapture.of("reactor.netty.http.client.HttpClientConnect")) {
            Answer failed = get("");
            assertThat(failed.status()).isEqualTo(502);
            assertThat(failed.text()).contains("\"code\":\"backend_failed\"").doesNotContain("Exception");
            assertThat(ours.warnings()).hasSize(1);
            assertThat(theirs.warnings())
                    .as("turned down in application.yml, turned up here")
                    .hasSizeLessThan(2);
        }
        assertThat(backend.count()).isEqualTo(before + 1);
        backend.reset();
        assertThat(get("").status()).isEqualTo(200);
    }

    @Test
    void headOfAnAnswerHasTheSameLimitAsThatOfARequest() throws IOException {
        answerWith(OK + "X-A: " + "a".repeat(15_000) + "\r\nContent-Length: 2\r\n\r\nok");
        assertThat(get("").header("X-A")).hasSize(15_000);
        answerWith(OK + "X-A: " + "a".repeat(17_000) + "\r\nContent-Length: 2\r\n\r\nok");
        assertThat(get("").status()).isEqualTo(502);
    }

    @Test
    @DisplayName("UPS-08 a kept connection that dies inside the head of an answer was not found dead")
    void ups08_diesInsideTheHead() throws IOException {
        assertThat(get("").status()).isEqualTo(200);
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 O".getBytes(ISO_8859_1));
            out.close();
        });
        int before = backend.count();
        assertThat(get("").status()).isEqualTo(502);
        assertThat(backend.count()).isEqualTo(before + 1);
    }

    @Test
    void headersPassAsTheyWereWritten() throws IOException {
        answerWith(
                OK + "Set-Cookie: a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT\r\nset-cookie: b=2\r\nX-eMpTy:\r\n"
                        + "X-Bin: \u00e9\u00ff\r\nContent-Encoding: gzip\r\nETag: W/\"e\"\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\n"
                        + "Server: x\r\nLocation: http://internal:8000/x?a=b\r\nX-Fold: a\r\n b\r\nContent-Length: 2\r\n\r\n\u001f\u008b");
        Answer answer =
                get("Accept-Encoding: gzip\r\nRange: bytes=0-1\r\nIf-Range: \"e\"\r\nX-Bin: \u00e9\r\nX-Empty:\r\n");
        assertThat(answer.headers("Set-Cookie")).containsExactly("a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2");
        assertThat(answer.headers())
                .contains("X-eMpTy: ", "X-Bin: \u00e9\u00ff", "X-Fold: a b", "ETag: W/\"e\"", "Content-Encoding: gzip");
        assertThat(answer.headers("Date")).containsExactly("Tue, 15 Nov 1994 08:12:31 GMT");
        assertThat(answer.headers("Server")).containsExactly("x");
        assertThat(answer.headers("Location")).containsExactly("http://internal:8000/x?a=b");
        assertThat(answer.body()).containsExactly(0x1f, 0x8b);
        assertThat(backend.last().head())
                .contains("Accept-Encoding: gzip", "Range: bytes=0-1", "If-Range: \"e\"", "X-Bin: \u00e9", "X-Empty: ");
    }

    @Test
    void bodilessAnswersLeaveNothingBehind() throws IOException {
        for (String answer : List.of(
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")) {
            answerWith(answer);
            assertThat(get("").body()).isEmpty();
            backend.reset();
            assertThat(get("").text()).isEqualTo("{\"ok\":true}");
        }
    }

    @Test
    void answerWithoutAnyFramingEndsWithItsConnection() throws IOException {
        for (String version : List.of("HTTP/1.0", "HTTP/1.1")) {
            backend.respond((request, out) -> {
                out.write((version + " 200 OK\r\nContent-Type: text/plain\r\n\r\nhello").getBytes(ISO_8859_1));
                out.close();
            });
            Answer answer = get("");
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
        }
    }

    @Test
    void announcedTrailersPassExceptThoseThatDecideSomething() throws IOException {
        answerWith(OK + "Trailer: X-Digest, Set-Cookie, Content-Length, X-Request-Id, Access-Control-Allow-Origin\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Digest: a\r\nX-Digest: b\r\nSet-Cookie: c=d\r\n"
                + "X-Silent: e\r\nAccess-Control-Allow-Origin: *\r\n\r\n");
        Answer answer = get("TE: trailers, deflate;q=0.5\r\n");
        assertThat(answer.text()).isEqualTo("ok");
        assertThat(answer.headers("Trailer")).containsExactly("X-Digest");
        assertThat(answer.trailers()).containsExactly("X-Digest: a", "X-Digest: b");
        assertThat(backend.last().headers("TE")).containsExactly("trailers");
        assertThat(backend.last().headers("Connection")).containsExactly("te");
        get("");
        assertThat(backend.last().headers("TE")).isEmpty();
    }

    @Test
    void trailersOfARequestEndHere() throws IOException {
        Answer answer = RawConnection.exchange(
                gateway.port(),
                request("POST", "Trailer: X-Auth-Username\r\nTransfer-Encoding: chunked\r\n")
                        + "2\r\nhi\r\n0\r\nX-Auth-Username: admin\r\nX-Other: x\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(backend.last().headers("Trailer")).isEmpty();
        assertThat(backend.last().headers("X-Auth-Username")).containsExactly("alice");
        assertThat(backend.last().bodyStart()).isEqualTo("hi");
    }

    private static void answerWith(String answer) {
        backend.respond((request, out) -> out.write(answer.getBytes(ISO_8859_1)));
    }

    /** Each piece is read before the next is sent: the gateway's window opens one by one. */
    private static void answerInPieces(String... pieces) {
        backend.respond((request, out) -> {
            for (String piece : pieces) {
                out.write(piece.getBytes(ISO_8859_1));
                out.flush();
                settle();
            }
        });
    }

    /** Long enough for loopback to hand over what was written; the outcome does not depend on it. */
    private static void settle() {
        await().pollDelay(Duration.ofMillis(60)).until(() -> true);
    }

    private static Answer get(String headers) throws IOException {
        return RawConnection.exchange(gateway.port(), request("GET", headers));
    }

    private static String request(String method, String headers) {
        return method + " /identities HTTP/1.1\r\nHost: gw.example\r\nAuthorization: Bearer " + token + "\r\n" + headers
                + "\r\n";
    }
}
