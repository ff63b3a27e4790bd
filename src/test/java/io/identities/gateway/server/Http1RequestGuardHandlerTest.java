package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.AccessLog;
import io.identities.gateway.http.RequestIds;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The guards around a real listener. */
class Http1RequestGuardHandlerTest {

    private static final String GET = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";

    /** More than what has been read of it makes the peer's window move. */
    private static final int A_LOT = 1 << 20;

    private final AtomicInteger abandoned = new AtomicInteger();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Throwable> bodyErrors = new CopyOnWriteArrayList<>();
    private final Draining draining = new Draining();
    private final DisposableServer server = start(Duration.ofSeconds(10), Duration.ofSeconds(10));
    private DisposableServer impatient = server;

    @AfterEach
    void stop() {
        server.disposeNow();
        impatient.disposeNow();
    }

    @ParameterizedTest
    @DisplayName("PATH-23 PATH-20 an illegal target gets a real 400 and the connection ends")
    @ValueSource(
            strings = {
                "GET /^ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /{x} HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\" HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\\ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /| HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\nX-Role: admin HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\rX-Role: admin HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://169.254.169.254/latest HTTP/1.1\r\nHost: gw\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
            })
    void path23_illegalRequestGetsARealAnswer(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            Answer answer = connection.send(request).readAnswer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.header("cache-control")).isEqualTo("no-store");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.header("x-request-id")).matches("[0-9a-f]{16}-[0-9a-z]+");
            assertThat(answer.text()).contains("\"code\":\"ambiguous_request\"", answer.header("x-request-id"));
            assertThat(connection.isClosedByPeer()).isTrue();
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void path23_connectAndTraceAreNotAllowed() throws IOException {
        Answer answer = RawConnection.exchange(server.port(), "TRACE /identities HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).contains("GET");
    }

    @Test
    @DisplayName("TOK-24 an oversized head gets 431 with a body")
    void tok24_oversizedHeadGetsAnAnswer() throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + "t".repeat(200_000) + "\r\n\r\n";
        try (LogCapture logs = LogCapture.of(HeadWarning.class)) {
            for (int i = 0; i < 3; i++) {
                try (RawConnection connection = new RawConnection(server.port())) {
                    Answer answer = connection.send(request).readAnswer();
                    assertThat(answer.status()).isEqualTo(431);
                    assertThat(answer.text()).contains("headers_too_large");
                }
            }
            assertThat(logs.warnings()).singleElement().asString().contains("identities.headers.max-size");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderAndOnTheSameConnection() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            String post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
            String refused = "GET /refuse HTTP/1.1\r\nHost: a\r\n\r\n";
            connection.send((GET + post + refused).repeat(20) + GET);
            for (int i = 0; i < 20; i++) {
                assertThat(connection.readAnswer().text()).isEqualTo("ok /good");
                assertThat(connection.readAnswer().text()).isEqualTo("abc");
                assertThat(connection.readAnswer().status()).isEqualTo(401);
            }
            assertThat(connection.readAnswer().text()).isEqualTo("ok /good");
        }
    }

    @Test
    void malformedRequestBehindAGoodOneWaitsForItsTurn() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send(GET + "GET /bad|  HTTP/1.1\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(200);
            assertThat(connection.readAnswer().status()).isEqualTo(400);
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void requestInSingleBytesIsServed() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            for (byte b : ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + GET).getBytes(US_ASCII)) {
                connection.send(new byte[] {b});
            }
            assertThat(connection.readAnswer().text()).isEqualTo("abc");
            assertThat(connection.readAnswer().text()).isEqualTo("ok /good");
        }
    }

    @Test
    @DisplayName("UPS-01 the refusal arrives before the body is sent, and no body byte is read as a request")
    void ups01_earlyRefusalIsReadWhole() throws IOException {
        for (String framing : List.of("Content-Length: 5242880", "Transfer-Encoding: chunked")) {
            try (RawConnection connection = new RawConnection(server.port())) {
                connection.send("POST /refuse HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
                Answer answer = connection.readAnswer();
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("connection")).isEqualTo("close");
                sendQuietly(connection, GET.repeat(100_000));
                assertThat(connection.isClosedByPeer()).isTrue();
            }
        }
        assertThat(seen).containsOnly("/refuse");
    }

    @Test
    @DisplayName("UPS-01 a client that writes its whole body first still reads the refusal")
    void ups01_refusalSurvivesABodyInTheSamePacket() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("POST /refuse HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5242880\r\n\r\n"
                    + "x".repeat(5_242_880));
            assertThat(connection.readAnswer().status()).isEqualTo(401);
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    @DisplayName("UPS-01 a good answer that waits for no body says that it is the last one")
    void ups01_earlyAnswerAnnouncesTheEnd() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("POST /good HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
            Answer answer = connection.readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEqualTo("close");
            connection.send("abc");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void connectionSurvivesARefusalWhoseBodyHasArrived() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(connection.readAnswer().status()).isEqualTo(401);
            assertThat(connection.send(GET).readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("UPS-15 a body that turns bad is refused, and whoever reads it is told")
    void ups15_malformedChunkEndsTheRequest() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("POST /collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await().until(() -> !seen.isEmpty());
            connection.send("2;\nxx\r\n0\r\n\r\nGET /identities/9 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(400);
            assertThat(connection.isClosedByPeer()).isTrue();
        }
        assertThat(seen).containsExactly("/collect");
        await().until(() -> !bodyErrors.isEmpty());
    }

    @Test
    @DisplayName("UPS-03 100-continue is answered, another expectation fails")
    void ups03_expectations() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(connection.readAnyAnswer().status()).isEqualTo(100);
            assertThat(connection.send("abc").readAnswer().text()).isEqualTo("abc");
            connection.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: foo\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(connection.readAnswer().status()).isEqualTo(417);
        }
    }

    @Test
    void http10ClientGetsAnAnswerItCanRead() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            Answer answer = connection
                    .send("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .readAnswer();
            assertThat(answer.header("transfer-encoding")).isNull();
            assertThat(answer.text()).isEqualTo("abc");
        }
        try (RawConnection connection = new RawConnection(server.port())) {
            Answer answer = connection.send("GET /good HTTP/1.0\r\n\r\n" + GET).readAnswer();
            assertThat(answer.text()).isEqualTo("ok /good");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void headRequestIsRefusedWithoutABody() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.send("HEAD / HTTP/1.1\r\n\r\n");
            assertThat(new String(connection.socket().getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 400 ")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    @DisplayName("UPS-19 slow heads get 408, idle connections are closed, slow bodies are left alone")
    void ups19_slowClientsAreCut() throws IOException {
        impatient = start(Duration.ofMillis(300), Duration.ofMillis(300));
        try (RawConnection slow = new RawConnection(impatient.port());
                RawConnection silent = new RawConnection(impatient.port());
                RawConnection idle = new RawConnection(impatient.port());
                RawConnection uploading = new RawConnection(impatient.port())) {
            slow.send("GET / HTT");
            idle.send(GET).readAnswer();
            uploading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
            assertThat(slow.readAnswer().status()).isEqualTo(408);
            assertThat(silent.isClosedByPeer()).isTrue();
            assertThat(idle.isClosedByPeer()).isTrue();
            assertThat(uploading.send("bc").readAnswer().text()).isEqualTo("abc");
        }
    }

    @Test
    @DisplayName("UPS-19 a client that does not read its answer is cut off, a slow one is not")
    void ups19_clientThatReadsNothingIsCutOff() throws Exception {
        try (RawConnection deaf = new RawConnection(server.port());
                RawConnection slow = new RawConnection(server.port())) {
            deaf.send(GET.replace("/good", "/endless"));
            slow.send(GET.replace("/good", "/endless"));
            await().until(() -> {
                slow.socket().getInputStream().readNBytes(A_LOT);
                return abandoned.get() > 0;
            });
            assertThat(abandoned).hasValue(1);
            assertThat(slow.socket().getInputStream().readNBytes(A_LOT)).hasSize(A_LOT);
        }
    }

    @Test
    @DisplayName("K8S-01 while draining every answer says that it is the last of its connection")
    void k8s01_drainingClosesKeepAliveConnections() throws IOException {
        try (RawConnection connection = new RawConnection(server.port())) {
            assertThat(connection.send(GET).readAnswer().header("connection")).isNull();
            draining.begin();
            assertThat(connection.send(GET).readAnswer().header("connection")).isEqualTo("close");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    @DisplayName("RFC 9110 6.6.1: an answer has one date, the one it came with if any")
    void everyAnswerIsDated() throws IOException {
        String now = "Fri, 27 Nov 2026 15:30:00 GMT";
        assertThat(RawConnection.exchange(server.port(), GET).headers("Date")).containsExactly(now);
        assertThat(RawConnection.exchange(server.port(), "rubbish\r\n\r\n").headers("Date"))
                .containsExactly(now);
        assertThat(RawConnection.exchange(server.port(), "GET /dated HTTP/1.1\r\nHost: a\r\n\r\n")
                        .headers("Date"))
                .containsExactly("Tue, 15 Nov 1994 08:12:31 GMT");
    }

    @ParameterizedTest(name = "{0} with {1}")
    @DisplayName("RFC 9110 7.7, 8.8.1, 14.4: what has to keep its bytes is not compressed, and what may be says so")
    @CsvSource({
        "200, X-A: b, gzip",
        "404, X-A: b, gzip",
        "200, ETag: W/\"a\", gzip",
        "200, Cache-Control: no-store, gzip",
        "206, Content-Range: bytes 0-99/1000,",
        "200, ETag: \"a\",",
        "200, 'Cache-Control: public, No-Transform',",
        "200, Content-Encoding: br, br"
    })
    void whatHasToKeepItsBytesIsNotCompressed(int status, String header, String coding) throws IOException {
        String request = "GET /compressed HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nX-Status: " + status
                + "\r\nX-Header: " + header + "\r\n\r\n";
        Answer answer = RawConnection.exchange(server.port(), request);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Encoding")).isEqualTo(coding);
        boolean compressed = "gzip".equals(coding);
        assertThat(answer.headers("Vary")).isEqualTo(compressed ? List.of("accept-encoding") : List.of());
        assertThat(answer.headers("Accept-Ranges")).isEqualTo(compressed ? List.of() : List.of("bytes"));
        assertThat(answer.text().equals("x".repeat(100))).isEqualTo(!compressed);
    }

    @Test
    void clientMayForbidThatAnAnswerIsCompressed() throws IOException {
        String request = "GET /compressed HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n";
        assertThat(RawConnection.exchange(server.port(), request + "\r\n").header("Content-Encoding"))
                .isEqualTo("gzip");
        assertThat(RawConnection.exchange(server.port(), request + "Cache-Control: no-transform\r\n\r\n")
                        .header("Content-Encoding"))
                .isNull();
    }

    private DisposableServer start(Duration headerTimeout, Duration idleTimeout) {
        CorsPolicy cors = new CorsPolicy(
                new CorsSettings(List.of(), List.of("GET"), List.of("*"), List.of(), false, Duration.ofMinutes(30)),
                "X-Request-Id");
        ListenerRules rules = new ListenerRules(
                16_384,
                new Methods(List.of()),
                new ForwardAuthPath(null),
                new RequestIds("X-Request-Id"),
                headerTimeout,
                idleTimeout,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                cors,
                draining,
                new ResponseDate(InstantSource.fixed(Instant.parse("2026-11-27T15:30:00.9Z"))),
                new AccessLog(false, System::nanoTime),
                new HeadWarning(System::nanoTime));
        HttpServer plain = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .compress((request, response) -> true)
                .handle((request, response) -> {
                    seen.add(request.uri());
                    return switch (request.uri()) {
                        case "/dated" ->
                            response.header("Date", "Tue, 15 Nov 1994 08:12:31 GMT")
                                    .header("Content-Length", "0")
                                    .send();
                        case "/refuse" ->
                            response.status(401).header("Content-Length", "0").send();
                        case "/echo" ->
                            response.send(request.receive().aggregate().retain());
                        case "/compressed" -> compressible(request, response);
                        case "/endless" ->
                            response.sendString(Flux.<String>generate(sink -> sink.next("x".repeat(16_384)))
                                    .doOnCancel(abandoned::incrementAndGet));
                        case "/chunks" -> response.sendString(Flux.just("a", "b", "c"));
                        case "/collect" ->
                            request.receive()
                                    .aggregate()
                                    .asString()
                                    .doOnError(bodyErrors::add)
                                    .then(response.send());
                        default -> response.sendString(Mono.just("ok " + request.uri()));
                    };
                });
        return new ListenerCustomizer(rules).apply(plain).bindNow();
    }

    /** With the status and the one header that the client has asked for. */
    private static NettyOutbound compressible(HttpServerRequest request, HttpServerResponse response) {
        String[] header = request.requestHeaders().get("X-Header", "X-A: b").split(": ");
        return response.status(request.requestHeaders().getInt("X-Status", 200))
                .header(header[0], header[1])
                .header("Accept-Ranges", "bytes")
                .sendString(Mono.just("x".repeat(100)));
    }

    private static void sendQuietly(RawConnection connection, String text) throws IOException {
        try {
            connection.send(text);
        } catch (SocketException e) {
            // The gateway may stop reading.
        }
    }
}
