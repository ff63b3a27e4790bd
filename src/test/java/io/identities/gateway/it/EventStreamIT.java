package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.testing.ManualBackend;
import io.identities.gateway.testing.ManualBackend.Asked;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RawWebSocket;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams under short time-outs and a small limit: events at once, no total time-out, ends that are noticed. */
class EventStreamIT {

    private static final int MAX_STREAMS = 40;

    private final ManualBackend backend = new ManualBackend();
    private RunningGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
        backend.close();
    }

    @Test
    void wss12_theTimeOutOfAnAnswerIsForItsFirstByteAndAStreamHasAnIdleOne() throws Exception {
        // Five events in three seconds: twice the response time-out, and as long as a stream may be silent.
        streamInTime("1500ms", "3s", Duration.ofMillis(700), Duration.ofMillis(600), 5);
    }

    @Test
    @Tag("cases-full")
    void wss12_fiveMinutesOfEventsWithAResponseTimeOutOfTenSeconds() throws Exception {
        streamInTime("10s", "30s", Duration.ofSeconds(9), Duration.ofSeconds(20), 15);
    }

    private void streamInTime(String responseTimeout, String idle, Duration first, Duration interval, int events)
            throws Exception {
        start(
                "identities.backend.response-timeout=" + responseTimeout,
                "identities.backend.stream-idle-timeout=" + idle);
        try (RawConnection client = events();
                Asked request = backend.next();
                RawConnection silent = handshake()) {
            Asked handshake = backend.next();
            RawWebSocket server = handshake.agree();
            assertThat(silent.readAnswer().status()).isEqualTo(101);
            pass(first);
            request.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            Bytes in = new Bytes(client);
            assertThat(in.upTo("\r\n\r\n")).startsWith("HTTP/1.1 200");
            for (int i = 0; i < events; i++) {
                pass(interval);
                request.send(chunk("data: " + i + "\n\n"));
                assertThat(in.upTo("\n\n")).contains("data: " + i);
            }
            client.socket().setSoTimeout(60_000);
            // Broken off: nobody may take it for the end that the backend has not made.
            assertThat(in.upToEnd()).doesNotContain("0\r\n\r\n");
            assertThat(request.isEnded()).isTrue();
            assertThat(RawWebSocket.clientOn(silent).readFrame().code()).isEqualTo(1001);
            assertThat(server.readFrame().code()).isEqualTo(1001);
            handshake.close();
        }
    }

    @ParameterizedTest(name = "WSS-11 {0}")
    @ValueSource(strings = {"text/event-stream;charset=utf-8", "application/x-ndjson", "gzip"})
    void wss11_everyEventArrivesAloneAndAtOnce(String type) throws Exception {
        start();
        boolean gzip = type.equals("gzip");
        String contentType = gzip ? "text/event-stream" : type;
        try (RawConnection client = events("Accept-Encoding: gzip");
                Asked request = backend.next()) {
            request.send("HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nTransfer-Encoding: chunked\r\n"
                    + (gzip ? "Content-Encoding: gzip\r\n" : "") + "\r\n");
            Bytes in = new Bytes(client);
            assertThat(in.upTo("\r\n\r\n"))
                    .containsIgnoringCase("content-type: " + contentType + "\r\n")
                    .doesNotContainIgnoringCase("content-length");
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            GZIPOutputStream zip = new GZIPOutputStream(zipped, true);
            for (int i = 0; i < 3; i++) {
                String event = "data: {\"n\":" + i + "}\n\n";
                if (gzip) {
                    zip.write(event.getBytes(UTF_8));
                    zip.flush();
                    event = zipped.toString(ISO_8859_1);
                    zipped.reset();
                }
                request.send(chunk(event));
                assertThat(in.upTo(event)).contains(event);
            }
        }
    }

    @Test
    void wss11_anAnnouncedLengthHoldsNoEventBack() throws Exception {
        start();
        try (RawConnection client = events();
                Asked request = backend.next()) {
            request.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 18\r\n\r\n");
            Bytes in = new Bytes(client);
            assertThat(in.upTo("\r\n\r\n")).doesNotContainIgnoringCase("content-length");
            request.send("data: 0\n\n");
            assertThat(in.upTo("\n\n")).contains("data: 0");
            request.send("data: 1\n\n");
            assertThat(in.upTo("\r\n0\r\n\r\n")).contains("data: 1");
        }
    }

    @Test
    @DisplayName(
            "WSS-11 the head of any other answer is not held back either where the backend sends it ahead of the body")
    void wss11_headThatIsSentAheadArrivesAhead() throws Exception {
        start();
        for (String framing : List.of("Transfer-Encoding: chunked", "Content-Length: 20000", "X-Framing: none")) {
            try (RawConnection client = get("Accept: application/octet-stream");
                    Asked request = backend.next()) {
                request.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                Bytes in = new Bytes(client);
                assertThat(in.upTo("\r\n\r\n")).as(framing).startsWith("HTTP/1.1 200 OK");
                request.send(framing.endsWith("chunked") ? chunk("abc") : "abc");
                assertThat(in.upTo("abc")).endsWith("abc");
            }
        }
    }

    @Test
    void wss13_everyKilledClientIsAClosedConnectionAtTheBackendAndTheLimitOfStreamsIsTheirOwn() throws Exception {
        killAll(MAX_STREAMS);
    }

    @Test
    @Tag("cases-full")
    void wss13_aHundredKilledClientsAreAHundredClosedConnectionsAtTheBackend() throws Exception {
        killAll(100);
    }

    private void killAll(int streams) throws Exception {
        start("identities.backend.max-streams=" + streams, "identities.backend.acquire-timeout=200ms");
        List<RawConnection> clients = new ArrayList<>();
        List<Asked> requests = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            clients.add(i % 2 == 0 ? events() : handshake());
            requests.add(backend.next());
            requests.get(i)
                    .send(
                            i % 2 == 0
                                    ? "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 0\n\n"
                                    : RawWebSocket.agreement(requests.get(i).head()));
            new Bytes(clients.get(i)).upTo("\r\n\r\n");
        }
        await().until(() -> gateway.bean(OpenStreams.class).count() == streams);
        try (RawConnection oneTooMany = handshake()) {
            Answer refused = oneTooMany.readAnswer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
        }
        try (RawConnection plain = get("Accept: application/json");
                Asked request = backend.next()) {
            request.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(plain.readAnswer().text()).isEqualTo("ok");
        }
        for (int i = 0; i < streams; i++) {
            clients.get(i).socket().setSoLinger(i % 4 < 2, 0);
            clients.get(i).close();
        }
        for (Asked request : requests) {
            assertThat(request.isEnded()).isTrue();
            request.close();
        }
        await().until(() -> gateway.bean(OpenStreams.class).count() == 0 && backend.openConnections() == 0);
        try (RawConnection again = handshake();
                Asked request = backend.next()) {
            request.agree();
            assertThat(again.readAnswer().status()).isEqualTo(101);
        }
    }

    @Test
    void aHandshakeThatIsNotAnsweredInTimeIs504() throws Exception {
        start("identities.backend.response-timeout=300ms");
        try (RawConnection client = handshake();
                Asked request = backend.next()) {
            assertThat(client.readAnswer().status()).isEqualTo(504);
            assertThat(request.isEnded()).isTrue();
        }
    }

    private void start(String... settings) {
        gateway = RunningGateway.inFrontOf(backend.uri(), settings(settings));
    }

    private static String[] settings(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("identities.endpoints.authenticate.enabled=false");
        return all.toArray(String[]::new);
    }

    private RawConnection events(String... headers) throws IOException {
        return get("Accept: text/event-stream" + (headers.length == 0 ? "" : "\r\n" + String.join("\r\n", headers)));
    }

    private RawConnection handshake() throws IOException {
        return get(RawWebSocket.HANDSHAKE.strip());
    }

    private RawConnection get(String headers) throws IOException {
        String token = TestTokens.token().claim("exp", Integer.MAX_VALUE).mint();
        return new RawConnection(gateway.port())
                .send("GET /identities/stream HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n" + headers
                        + "\r\n\r\n");
    }

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    /** A backend that takes its time. */
    private static void pass(Duration time) throws InterruptedException {
        assertThat(new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS))
                .isFalse();
    }

    /** What comes from a connection, read no further than it is asked for. */
    private record Bytes(RawConnection connection) {

        String upTo(String end) throws IOException {
            InputStream in = connection.socket().getInputStream();
            StringBuilder read = new StringBuilder();
            while (read.indexOf(end) < 0) {
                int b = in.read();
                assertThat(b).as("after %s", read).isNotNegative();
                read.append((char) b);
            }
            return read.toString();
        }

        String upToEnd() {
            StringBuilder read = new StringBuilder();
            try {
                InputStream in = connection.socket().getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    read.append((char) b);
                }
            } catch (IOException e) {
                assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
            }
            return read.toString();
        }
    }
}
