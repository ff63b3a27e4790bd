package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends that are slow, gone, early or rude, and what the client sees of it. */
class BackendFaultIT {

    private static RunningGateway gateway;
    private static RecordingBackend backend;
    private static String token;

    /** With one connection, for which a request may wait for as long as a test takes. */
    private static RunningGateway narrow;

    private static RecordingBackend slow;

    private final CountDownLatch released = new CountDownLatch(1);

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                // So that a connection has been put back before the next request is read.
                "identities.server.event-loops=1",
                "identities.backend.response-timeout=500ms",
                "identities.backend.request-idle-timeout=500ms",
                "identities.backend.max-connections=4",
                "identities.backend.acquire-timeout=200ms");
        token = gateway.tokenFor("alice");
        slow = new RecordingBackend();
        narrow = RunningGateway.inFrontOf(
                slow.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.server.event-loops=1",
                "identities.backend.max-connections=1",
                "identities.backend.acquire-timeout=30s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
        narrow.close();
        slow.close();
    }

    @BeforeEach
    void forget() {
        backend.reset();
        slow.reset();
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    @ParameterizedTest(name = "UPS-04 {0}")
    @ValueSource(strings = {"Content-Length: 20971520", "Transfer-Encoding: chunked"})
    void ups04_earlyAnswerOfTheBackendReachesTheUploadingClient(String framing) throws Exception {
        try (RecordingBackend early = new RecordingBackend();
                RunningGateway before =
                        RunningGateway.inFrontOf(early.uri(), "identities.endpoints.authenticate.enabled=false")) {
            early.handleConnections(BackendFaultIT::refuseAfter64Kilobytes);
            String mine = before.tokenFor("alice");
            try (RawConnection client = new RawConnection(before.port())) {
                client.send("POST /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + mine + "\r\n" + framing
                        + "\r\n\r\n");
                CompletableFuture<Void> upload = CompletableFuture.runAsync(() -> upload(client, framing));
                Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.text()).isEqualTo("{\"too\":\"large\"}");
                client.socket().close();
                upload.join();
            }
            await().until(() -> early.openConnections() == 0);
        }
    }

    @Test
    void aFailedCallIsTimedOnceAndByItsOwnDuration() throws IOException {
        Timer failed = gateway.bean(MeterRegistry.class)
                .get("identities.backend.requests")
                .tag("outcome", "failed")
                .timer();
        long count = failed.count();
        double total = failed.totalTime(TimeUnit.NANOSECONDS);
        long begun = System.nanoTime();
        backend.respond((request, out) -> out.close());
        assertThat(RawConnection.exchange(gateway.port(), request("POST", "/identities", "Content-Length: 1") + "x")
                        .status())
                .isEqualTo(502);
        assertThat(failed.count()).isEqualTo(count + 1);
        assertThat(failed.totalTime(TimeUnit.NANOSECONDS) - total)
                .as("a part cannot take longer than the whole")
                .isLessThanOrEqualTo(System.nanoTime() - begun);
    }

    @Test
    void ups12_silenceBeforeTheHeadIs504() throws IOException {
        backend.respond((request, out) -> waitForTheEnd());
        Answer answer = get("/identities/slow");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.text()).contains("\"code\":\"backend_timeout\"");
    }

    @Test
    void ups12_interimAnswersPutOffNothing() throws IOException {
        backend.respond((request, out) -> {
            for (int i = 0; i < 30 && !isReleasedWithinATenthOfASecond(); i++) {
                out.write("HTTP/1.1 102 Processing\r\n\r\n".getBytes(US_ASCII));
            }
            out.write(RecordingBackend.ok("{}"));
        });
        assertThat(get("/identities/slow").status()).isEqualTo(504);
    }

    @Test
    void ups12_stallInTheBodyTruncatesAndAddsNothing() throws IOException {
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n12345".getBytes(US_ASCII));
            out.flush();
            waitForTheEnd();
        });
        try (LogCapture log = LogCapture.ofEverything()) {
            Answer answer = get("/identities/half");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-length")).isEqualTo("100000");
            assertThat(answer.text()).as("cut off, with nothing appended").isEqualTo("12345");
            assertOneWarning(log);
        }
    }

    @Test
    void ups12_clientOfHttp10IsToldByAResetThatTheBodyIsNotWhole() throws IOException {
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n".getBytes(US_ASCII));
            out.flush();
            out.close();
        });
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send(request("GET", "/identities/half", "X-A: b").replace("HTTP/1.1", "HTTP/1.0"));
            assertThatThrownBy(() -> client.socket().getInputStream().readAllBytes())
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void ups12_stallInTheHeadIsOneWarningToo() throws IOException {
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-".getBytes(US_ASCII));
            out.flush();
            waitForTheEnd();
        });
        try (LogCapture log = LogCapture.ofEverything()) {
            assertThat(get("/identities/half").status()).isEqualTo(504);
            assertOneWarning(log);
        }
    }

    @Test
    void ups12_stallInASmallBodyIs504BecauseNothingWasSentYet() throws IOException {
        backend.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nX-Half: yes\r\nContent-Length: 10\r\n\r\n12345".getBytes(US_ASCII));
            out.flush();
            waitForTheEnd();
        });
        Answer answer = get("/identities/half");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.header("X-Half")).isNull();
        assertThat(answer.text()).contains("\"code\":\"backend_timeout\"").doesNotContain("12345");
    }

    @Test
    void uploadThatStandsStillIs408AndTheBackendIsLeftAlone() throws IOException {
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send(request("POST", "/identities", "Content-Length: 1000").concat("half"));
            Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.text()).contains("\"code\":\"request_timeout\"");
        }
        await().until(() -> backend.openConnections() == 0);
        assertThat(backend.count()).isZero();
    }

    @Test
    void ups12_backendThatStopsReadingIs504() throws Exception {
        try (RecordingBackend deaf = new RecordingBackend();
                RunningGateway before = RunningGateway.inFrontOf(
                        deaf.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.backend.request-idle-timeout=500ms")) {
            deaf.handleConnections(socket -> waitForTheEnd());
            try (RawConnection client = new RawConnection(before.port())) {
                client.send(request("POST", "/identities", "Content-Length: 20971520"));
                CompletableFuture<Void> upload =
                        CompletableFuture.runAsync(() -> upload(client, "Content-Length: 20971520"));
                assertThat(client.readAnswer().status()).isEqualTo(504);
                client.socket().close();
                upload.join();
            }
        }
    }

    @Test
    void ups04_earlyAnswerIsDeliveredEvenByABackendThatResets() throws Exception {
        try (RecordingBackend rude = new RecordingBackend();
                RunningGateway before =
                        RunningGateway.inFrontOf(rude.uri(), "identities.endpoints.authenticate.enabled=false")) {
            rude.handleConnections(socket -> {
                socket.getInputStream().readNBytes(65_536);
                socket.getOutputStream()
                        .write(RecordingBackend.answer(
                                "413 Content Too Large", "Connection: close", "{\"too\":\"large\"}"));
            });
            for (int i = 0; i < 20; i++) {
                try (RawConnection client = new RawConnection(before.port())) {
                    client.send(request("POST", "/identities", "Content-Length: 20971520"));
                    CompletableFuture<Void> upload =
                            CompletableFuture.runAsync(() -> upload(client, "Content-Length: 20971520"));
                    assertThat(client.readAnswer().text()).isEqualTo("{\"too\":\"large\"}");
                    client.socket().close();
                    upload.join();
                }
            }
        }
    }

    @Test
    void interimAnswersEndAtTheGatewayAndAnUnwantedSwitchIs502() throws IOException {
        backend.respond((request, out) -> {
            out.write(
                    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n".getBytes(US_ASCII));
            out.flush();
            out.write(RecordingBackend.ok("{\"final\":true}"));
        });
        assertThat(get("/identities").text()).isEqualTo("{\"final\":true}");

        backend.respond((request, out) -> out.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n".getBytes(US_ASCII)));
        assertThat(get("/identities").status()).isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "GET", "PATCH"})
    void bodyOfAnyMethodIsStreamed(String method) throws IOException {
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send(
                    request(method, "/identities", "Transfer-Encoding: chunked").concat("5\r\nhello\r\n"));
            client.send("6\r\n world\r\n0\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
        assertThat(backend.last().bodyStart()).isEqualTo("hello world");
        assertThat(backend.last().headers("Transfer-Encoding")).containsExactly("chunked");
        assertThat(backend.last().headers("Content-Length")).isEmpty();
    }

    @ParameterizedTest(name = "UPS-08 {0}")
    @ValueSource(strings = {"GET", "HEAD"})
    void ups08_keptConnectionFoundDeadIsTriedOnceMore(String method) throws IOException {
        answerTheFirstRequestOfEachConnectionOnly();
        assertThat(get("/identities/first").status()).isEqualTo(200);
        assertThat(status(method, "/identities/second")).isEqualTo(200);
        assertThat(sent(method, "/identities/second")).isEqualTo(2);
    }

    @Test
    void ups08_whatHasEndedOneKeptConnectionHasEndedOthersSoTheSecondTryIsOnAFreshOne() throws IOException {
        Set<OutputStream> used = ConcurrentHashMap.newKeySet();
        backend.respond((request, out) -> {
            if (!used.add(out)) {
                out.close();
                return;
            }
            if (request.target().equals("/identities/together")) {
                await().until(() -> used.size() == 2);
            }
            out.write(RecordingBackend.ok("{}"));
        });
        try (RawConnection one = new RawConnection(gateway.port());
                RawConnection another = new RawConnection(gateway.port())) {
            one.send(request("GET", "/identities/together"));
            another.send(request("GET", "/identities/together"));
            assertThat(one.readAnswer().status()).isEqualTo(200);
            assertThat(another.readAnswer().status()).isEqualTo(200);
        }
        assertThat(get("/identities/second").status()).isEqualTo(200);
        assertThat(sent("GET", "/identities/second")).isEqualTo(2);
    }

    @Test
    void ups08_postIsNeverSentTwice() throws IOException {
        answerTheFirstRequestOfEachConnectionOnly();
        assertThat(get("/identities/first").status()).isEqualTo(200);
        assertThat(RawConnection.exchange(
                                gateway.port(), request("POST", "/identities/second", "Content-Length: 1") + "x")
                        .status())
                .isEqualTo(502);
        assertThat(sent("POST", "/identities/second")).isEqualTo(1);
    }

    @Test
    void ups08_freshConnectionThatClosesIsNotTriedAgain() throws IOException {
        try (RecordingBackend closing = new RecordingBackend();
                RunningGateway before =
                        RunningGateway.inFrontOf(closing.uri(), "identities.endpoints.authenticate.enabled=false")) {
            closing.respond((request, out) -> out.close());
            String mine = before.tokenFor("alice");
            Answer answer = RawConnection.exchange(
                    before.port(),
                    "GET /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + mine + "\r\n\r\n");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(closing.count()).isEqualTo(1);
        }
    }

    /** A kept connection dies with its second request, which the backend has read. */
    private void answerTheFirstRequestOfEachConnectionOnly() {
        Set<OutputStream> used = ConcurrentHashMap.newKeySet();
        backend.respond((request, out) -> {
            if (used.add(out)) {
                out.write(RecordingBackend.answer(
                        "200 OK", "X-A: b", request.requestLine().startsWith("HEAD") ? "" : "{}"));
            } else {
                out.close();
            }
        });
    }

    private static long sent(String method, String target) {
        return backend.received().stream()
                .filter(received -> received.requestLine().startsWith(method + " " + target + " "))
                .count();
    }

    private static int status(String method, String target) throws IOException {
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send(request(method, target));
            byte[] line = client.socket().getInputStream().readNBytes(12);
            return Integer.parseInt(new String(line, 9, 3, US_ASCII));
        }
    }

    @Test
    void ups10_fullPoolIs503InTimeAndRecovers() throws Exception {
        backend.respond((request, out) -> waitForTheEnd());
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(CompletableFuture.supplyAsync(() -> status("/identities/hang")));
        }
        List<Integer> statuses = calls.stream().map(CompletableFuture::join).toList();
        assertThat(statuses).containsOnly(503, 504).contains(503);
        released.countDown();
        backend.reset();
        await().until(() -> status("/identities/1") == 200);
    }

    @Test
    void ups13_clientThatGivesUpEndsTheBackendsWork() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        slow.respond((request, out) -> {
            seen.countDown();
            waitForTheEnd();
        });
        RawConnection client = new RawConnection(narrow.port());
        client.send(request("GET", "/identities/slow"));
        seen.await();
        client.close();
        released.countDown();
        await().until(() -> slow.openConnections() == 0);
    }

    @ParameterizedTest(name = "UPS-13 {0}")
    @ValueSource(strings = {"GET", "POST"})
    void ups13_clientThatGivesUpWhileItsRequestWaitsLeavesTheConnectionToOthers(String method) throws IOException {
        slow.respond((request, out) -> {
            waitForTheEnd();
            out.write(RecordingBackend.ok("{}"));
        });
        try (RawConnection first = new RawConnection(narrow.port());
                RawConnection second = new RawConnection(narrow.port());
                RawConnection third = new RawConnection(narrow.port())) {
            first.send(request("GET", "/identities/first"));
            await().until(() -> slow.count() == 1);
            int accepted = slow.acceptedConnections();
            second.send(request(method, "/identities/second", "Content-Length: 0"));
            awaitTheLoop();
            second.socket().close();
            awaitTheLoop();
            third.send(request("GET", "/identities/third"));
            awaitTheLoop();
            released.countDown();
            assertThat(first.readAnswer().status()).isEqualTo(200);
            assertThat(third.readAnswer().status()).isEqualTo(200);
            assertThat(slow.received())
                    .extracting(RecordingBackend.Received::target)
                    .containsExactly("/identities/first", "/identities/third");
            assertThat(slow.acceptedConnections()).isEqualTo(accepted);
        }
    }

    /** The one event loop answers this itself, behind everything that it has been sent before. */
    private static void awaitTheLoop() throws IOException {
        RawConnection.exchange(narrow.port(), "GET /.well-known/jwks.json HTTP/1.1\r\nHost: gw\r\n\r\n");
    }

    @ParameterizedTest(name = "WSS-09 {0}")
    @ValueSource(
            strings = {
                "Upgrade: websocket",
                "Connection: upgrade",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"
            })
    void wss09_halfMadeUpgradeIsPlainHttp(String headers) throws IOException {
        Answer answer = RawConnection.exchange(gateway.port(), request("GET", "/identities/ws", headers));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(backend.last().headers("Upgrade")).isEmpty();
        assertThat(backend.last().head()).doesNotContainIgnoringCase("http2-settings");
    }

    @Test
    void hdr07_backendGetsTheTokenByDefaultAndNeverProxyCredentials() throws IOException {
        RawConnection.exchange(
                gateway.port(), request("GET", "/identities", "Proxy-Authorization: Basic eDp5\r\nCookie: a=b"));
        assertThat(backend.last().headers("Authorization")).containsExactly("Bearer " + token);
        assertThat(backend.last().headers("Proxy-Authorization")).isEmpty();
        assertThat(backend.last().headers("Cookie")).containsExactly("a=b");
    }

    @Test
    void hdr16_hdr17_answersArePassedOnAsTheyAre() throws IOException {
        backend.respond((request, out) -> out.write(("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
                        + "X-Thing: a\r\nX-Thing: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close, X-Hop\r\n"
                        + "X-Hop: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n1\r\ng\r\n0\r\n\r\n")
                .getBytes(US_ASCII)));
        Answer answer = get("/identities/none");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).isEqualTo("abcdefg");
        assertThat(answer.headers("X-Thing")).containsExactly("a", "b");
        assertThat(answer.headers("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.headers("X-Hop")).isEmpty();
        assertThat(answer.headers("Cache-Control")).isEmpty();
    }

    @Test
    void answersWithoutABodyKeepTheirFraming() throws IOException {
        backend.respond((request, out) -> out.write("HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n".getBytes(US_ASCII)));
        Answer noContent = get("/identities/1");
        assertThat(noContent.status()).isEqualTo(204);
        assertThat(noContent.headers("Transfer-Encoding")).isEmpty();
        backend.respond(
                (request, out) -> out.write("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".getBytes(US_ASCII)));
        assertThat(get("/identities/1").status()).isEqualTo(304);
    }

    private static void refuseAfter64Kilobytes(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        in.readNBytes(65_536);
        OutputStream out = socket.getOutputStream();
        out.write(RecordingBackend.answer("413 Content Too Large", "Connection: close", "{\"too\":\"large\"}"));
        out.flush();
        socket.shutdownOutput();
        byte[] rest = new byte[65_536];
        for (int i = 0; i < 64 && in.read(rest) >= 0; i++) {
            // A polite backend reads a little on, so that its answer is not lost in a reset.
        }
    }

    private static void upload(RawConnection client, String framing) {
        byte[] block = new byte[65_536];
        try {
            for (int i = 0; i < 320; i++) {
                if (framing.startsWith("Transfer")) {
                    client.send("10000\r\n");
                }
                client.send(block);
                if (framing.startsWith("Transfer")) {
                    client.send("\r\n");
                }
            }
            if (framing.startsWith("Transfer")) {
                client.send("0\r\n\r\n");
            }
        } catch (IOException e) {
            // The answer has come, the rest is not wanted.
        }
    }

    /** Of whoever writes lines: both connections are gone, so nobody has anything more to say. */
    private void assertOneWarning(LogCapture log) {
        released.countDown();
        await().until(() -> backend.openConnections() == 0);
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN") || line.startsWith("ERROR"))
                .singleElement()
                .asString()
                .contains(" ended as backend_timeout");
    }

    private boolean isReleasedWithinATenthOfASecond() {
        try {
            return released.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void waitForTheEnd() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int status(String target) {
        try {
            return get(target).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer get(String target) throws IOException {
        return RawConnection.exchange(gateway.port(), request("GET", target));
    }

    private static String request(String method, String target, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return method + " " + target + " HTTP/1.1\r\nHost: gw.example\r\nAuthorization: Bearer " + token + "\r\n" + more
                + "\r\n";
    }
}
