package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.ManualBackend;
import io.identities.gateway.testing.ManualBackend.Asked;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RawWebSocket;
import io.identities.gateway.testing.RawWebSocket.Frame;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets on raw sockets at both ends: every byte that one says is the other's to hear, up to the limits. */
class WebSocketIT {

    private static final int LIMIT = 5 * 1024 * 1024;

    private static final MutableClock clock = MutableClock.startingNow();
    private static RunningGateway gateway;
    private static ManualBackend backend;

    @BeforeAll
    static void start() {
        backend = new ManualBackend();
        gateway = RunningGateway.with(
                        "identities.backend.uri=" + backend.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.proxy.max-websocket-frame=5MB")
                .bean(Clock.class, () -> clock)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        await().until(() -> gateway.bean(OpenStreams.class).count() == 0);
        await().until(() -> backend.openConnections() == 0);
    }

    private enum Sender {
        CLIENT,
        BACKEND;

        RawWebSocket from(Pair pair) {
            return this == CLIENT ? pair.client : pair.server;
        }

        RawWebSocket to(Pair pair) {
            return this == CLIENT ? pair.server : pair.client;
        }
    }

    @Test
    void hdr08_theBackendSeesTheSameHeadersOfARequestAndOfAnUpgrade() throws Exception {
        String token = TestTokens.tokenAt(clock.instant()).mint();
        String headers =
                "Host: gw.example:8443\r\nAuthorization: Bearer " + token + "\r\nX-Custom: c\r\nX-Custom: d\r\n"
                        + "Cookie: a=1; b=2\r\nX-Auth-Username: root\r\nX_Auth_Roles: root\r\nX-Forwarded-For: 6.6.6.6\r\n"
                        + "Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nOrigin: https://app.example\r\nUser-Agent: ua\r\n"
                        + "Last-Event-ID: 7\r\nProxy-Authorization: Basic eA==\r\nX-Original-URL: /admin\r\nTE: trailers\r\n";
        try (RawConnection plain = request("GET /identities/ws?room=7 HTTP/1.1\r\n" + headers);
                Asked request = backend.next();
                RawConnection upgrade =
                        request("GET /identities/ws?room=7 HTTP/1.1\r\n" + headers + RawWebSocket.HANDSHAKE);
                Asked handshake = backend.next()) {
            assertThat(handshake.headers("Upgrade")).containsExactly("websocket");
            assertThat(handshake.headers("Connection")).containsExactly("upgrade");
            assertThat(handshake.headers("Sec-WebSocket-Key")).containsExactly("dGhlIHNhbXBsZSBub25jZQ==");
            assertThat(handshake.headers("X-Auth-Username")).containsExactly("alice");
            assertThat(handshake.headers("Authorization")).containsExactly("Bearer " + token);
            assertThat(comparable(handshake)).isEqualTo(comparable(request)).hasSizeGreaterThan(10);
            assertThat(plain.socket().isClosed() || upgrade.socket().isClosed()).isFalse();
        }
    }

    /** Request line and headers without those of the connection, and without the id that each request has. */
    private static List<String> comparable(Asked asked) {
        return asked.head()
                .lines()
                .filter(line -> !line.matches("(?i)(connection|te|upgrade|sec-websocket-\\w+|x-request-id):.*"))
                .sorted()
                .toList();
    }

    @ParameterizedTest(name = "WSS-01 {0}")
    @ValueSource(strings = {"no", "garbage", "expired", "query", "subprotocol", "cookie"})
    void wss01_withoutAGoodTokenInItsPlaceThereIsAPlain401AndNoHandshakeBehind(String kind) throws Exception {
        String good = TestTokens.tokenAt(clock.instant()).mint();
        String expired =
                TestTokens.tokenAt(clock.instant().minus(Duration.ofHours(1))).mint();
        String query = kind.equals("query") ? "?access_token=" + good : "";
        String header =
                switch (kind) {
                    case "garbage" -> "Authorization: Bearer garbage\r\n";
                    case "expired" -> "Authorization: Bearer " + expired + "\r\n";
                    case "subprotocol" -> "Sec-WebSocket-Protocol: bearer, " + good + "\r\n";
                    case "cookie" -> "Cookie: token=" + good + "; Authorization=Bearer " + good + "\r\n";
                    default -> "";
                };
        String request = "GET /identities/ws" + query + " HTTP/1.1\r\nHost: gw\r\n" + RawWebSocket.HANDSHAKE + header;
        try (RawConnection client = request(request)) {
            for (int i = 0; i < 2; i++) {
                Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).startsWith("Bearer");
                assertThat(answer.header("upgrade")).isNull();
                client.send(request + "\r\n");
            }
        }
        assertThat(backend.waiting()).isZero();
    }

    @ParameterizedTest(name = "WSS-09 {0} with {1}")
    @CsvSource({
        "GET, Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "GET, Connection: upgrade|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "POST, Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "GET, Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 8|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "GET, Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13",
        "GET, Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: short",
        "GET, Connection: Upgrade|Upgrade: h2c|HTTP2-Settings: AAMAAABkAAQAAP__"
    })
    void wss09_halfAnUpgradeIsAPlainRequest(String method, String headers) throws Exception {
        try (RawConnection client = request(method + " /ws HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer "
                        + TestTokens.tokenAt(clock.instant()).mint() + "\r\n" + headers.replace("|", "\r\n") + "\r\n");
                Asked request = backend.next()) {
            assertThat(request.headers("Upgrade")).isEmpty();
            assertThat(request.headers("Connection")).isEmpty();
            request.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(client.readAnswer().text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest(name = "WSS-09 {0}")
    @ValueSource(
            strings = {
                "Connection: Upgrade|Upgrade: WebSocket",
                "Connection: keep-alive, Upgrade|Upgrade: websocket",
                "Connection: keep-alive|Connection: upgrade|Upgrade: websocket"
            })
    void wss09_aWholeUpgradeInAnySpellingIsOne(String headers) throws Exception {
        try (RawConnection client = request("GET /ws HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer "
                        + TestTokens.tokenAt(clock.instant()).mint() + "\r\n" + headers.replace("|", "\r\n")
                        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
                Asked request = backend.next()) {
            request.agree();
            assertThat(client.readAnswer().status()).isEqualTo(101);
        }
    }

    @ParameterizedTest(name = "WSS-03 {0}")
    @EnumSource(Sender.class)
    void wss03_framesUpToTheLimitPassTextAndBinary(Sender sender) throws Exception {
        try (Pair pair = open()) {
            for (int size : List.of(0, 1, 125, 126, 65_535, 65_537, LIMIT)) {
                for (int first : List.of(RawWebSocket.TEXT, RawWebSocket.BINARY)) {
                    byte[] payload = payload(size);
                    CompletableFuture<Void> sent = send(sender.from(pair), first, payload);
                    Frame frame = sender.to(pair).readFrame();
                    assertThat(frame.first()).isEqualTo(first);
                    assertThat(frame.masked()).isEqualTo(sender == Sender.CLIENT);
                    assertThat(Arrays.equals(frame.payload(), payload)).isTrue();
                    sent.join();
                }
            }
        }
    }

    @ParameterizedTest(name = "WSS-03 {0}")
    @EnumSource(Sender.class)
    void wss03_aMessageOfAThousandFragmentsMayBeLargerThanTheLimitOfAFrame(Sender sender) throws Exception {
        try (Pair pair = open()) {
            byte[] fragment = payload(6_000);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 1000; i++) {
                    sendNow(sender.from(pair), (i == 999 ? 0x80 : 0) | (i == 0 ? 1 : 0), fragment);
                }
            });
            for (int i = 0; i < 1000; i++) {
                Frame frame = sender.to(pair).readFrame();
                assertThat(frame.first()).isEqualTo((i == 999 ? 0x80 : 0) | (i == 0 ? 1 : 0));
                assertThat(frame.payload()).hasSize(fragment.length);
            }
            sent.join();
        }
    }

    @ParameterizedTest(name = "WSS-03 {0} {1}")
    @CsvSource({"CLIENT, 0x81", "CLIENT, 0x82", "CLIENT, 0x01", "BACKEND, 0x81", "BACKEND, 0x82", "BACKEND, 0x01"})
    void wss03_aLargerFrameIsClosedWith1009OnBothSidesAndTheLogNamesTheProperty(Sender sender, int first)
            throws Exception {
        try (LogCapture log = LogCapture.of("io.identities.gateway.proxy");
                Pair pair = open()) {
            // All of it is sent before the answer is read: a reset would take the close frame away.
            CompletableFuture<Void> sent = send(sender.from(pair), first, payload(LIMIT + 1));
            Frame there = sender.to(pair).readFrame();
            assertThat(there.code()).isEqualTo(1009);
            assertThat(there.reason()).contains("identities.proxy.max-websocket-frame");
            sent.join();
            assertThat(sender.from(pair).readFrame().code()).isEqualTo(1009);
            assertThat(log.warnings()).singleElement().asString().contains("identities.proxy.max-websocket-frame");
        }
    }

    @ParameterizedTest(name = "WSS-06 {0} closes with {1} \"{2}\"")
    @CsvSource({
        "BACKEND, 4401, token",
        "BACKEND, 1011, ''",
        "BACKEND, 1005, ''",
        "BACKEND, 1000, bye",
        "CLIENT, 1001, away",
        "CLIENT, 3000, ''",
        "CLIENT, 1005, ''",
        "CLIENT, 4999, ünï"
    })
    void wss06_codeAndReasonArriveUnchangedAndAreAnswered(Sender sender, int code, String reason) throws Exception {
        try (Pair pair = open()) {
            sender.from(pair).sendText("last words").sendClose(code, reason);
            assertThat(sender.to(pair).readFrame().text()).isEqualTo("last words");
            Frame close = sender.to(pair).readFrame();
            assertThat(close.code()).isEqualTo(code);
            assertThat(close.reason()).isEqualTo(reason);
            sender.to(pair).send(RawWebSocket.CLOSE, close.payload());
            assertThat(sender.from(pair).readFrame().code()).isEqualTo(code);
            assertThat(sender.from(pair).read()).isNull();
            assertThat(sender.to(pair).read()).isNull();
        }
    }

    @ParameterizedTest(name = "WSS-06 {0}")
    @EnumSource(Sender.class)
    void wss06_aResetReadsAs1011OnTheOtherSideWithoutAnErrorInTheLog(Sender sender) throws Exception {
        try (LogCapture log = LogCapture.of("io.identities.gateway");
                Pair pair = open()) {
            sender.from(pair).reset();
            assertThat(sender.to(pair).readClose().code()).isEqualTo(1011);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest(name = "WSS-06 {0}")
    @EnumSource(Sender.class)
    void wss06_aResetWithinAFrameEndsTheOtherSideWithinIt(Sender sender) throws Exception {
        try (Pair pair = open()) {
            byte[] frame = RawWebSocket.frame(RawWebSocket.BINARY, payload(5_000), sender == Sender.CLIENT);
            sender.from(pair).sendText("before").sendRaw(Arrays.copyOf(frame, 2_000));
            assertThat(sender.to(pair).readFrame().text()).isEqualTo("before");
            sender.from(pair).reset();
            assertThat(sender.to(pair).isEnded()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Sender.class)
    void pingsAndPongsPassAndNobodyAnswersForTheOther(Sender sender) throws Exception {
        try (Pair pair = open()) {
            sender.from(pair).send(RawWebSocket.PING, "p".getBytes(UTF_8)).send(RawWebSocket.PONG, payload(125));
            assertThat(sender.to(pair).readFrame().first()).isEqualTo(RawWebSocket.PING);
            assertThat(sender.to(pair).readFrame().payload()).isEqualTo(payload(125));
            sender.to(pair).sendText("next");
            assertThat(sender.from(pair).readFrame().text()).isEqualTo("next");
        }
    }

    @Test
    void extensionsAreNegotiatedBetweenTheEndsAndTheirBitsPass() throws Exception {
        try (RawConnection client =
                handshake("/ws", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")) {
            Asked request = backend.next();
            assertThat(request.head()).contains("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
            request.agree("Sec-WebSocket-Extensions: permessage-deflate", "Set-Cookie: a=1", "Set-Cookie: b=2");
            Answer answer = client.readAnswer();
            assertThat(answer.headers("sec-websocket-extensions")).containsExactly("permessage-deflate");
            assertThat(answer.headers("set-cookie")).containsExactly("a=1", "b=2");
            try (Pair pair = new Pair(RawWebSocket.clientOn(client), request.webSocket(), request)) {
                int compressedText = 0xc1;
                byte[] deflated = {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00};
                for (Sender sender : Sender.values()) {
                    sender.from(pair).send(compressedText, deflated);
                    Frame frame = sender.to(pair).readFrame();
                    assertThat(frame.first()).isEqualTo(compressedText);
                    assertThat(frame.payload()).isEqualTo(deflated);
                }
            }
        }
    }

    @Test
    void theBackendPicksTheSubprotocol() throws Exception {
        try (RawConnection client = handshake("/ws", "Sec-WebSocket-Protocol: soap, wamp")) {
            Asked request = backend.next();
            assertThat(request.head()).contains("Sec-WebSocket-Protocol: soap, wamp");
            request.agree("Sec-WebSocket-Protocol: wamp");
            assertThat(client.readAnswer().headers("sec-websocket-protocol")).containsExactly("wamp");
            request.close();
        }
    }

    @ParameterizedTest(name = "{1} from the {0}")
    @CsvSource({
        "CLIENT, unmasked text, 8101 61",
        "CLIENT, ping of 126 bytes, 89fe007e 00000000",
        "CLIENT, ping in fragments, 0980 00000000",
        "CLIENT, reserved opcode 3, 8380 00000000",
        "CLIENT, reserved opcode 11, 8b80 00000000",
        "CLIENT, continuation of nothing, 8080 00000000",
        "CLIENT, text within a message, 0180 00000000 8180 00000000",
        "CLIENT, length not in its shortest form, 81fe0005 00000000",
        "CLIENT, negative length, 81ff8000000000000000 00000000",
        "BACKEND, masked text, 8180 00000000",
        "BACKEND, ping of 126 bytes, 897e007e",
        "BACKEND, reserved opcode 7, 8700"
    })
    void brokenRulesOfTheProtocolEndBothSidesWith1002(Sender sender, String what, String hex) throws Exception {
        try (Pair pair = open()) {
            sender.from(pair).sendRaw(HexFormat.of().parseHex(hex.replace(" ", "")));
            assertThat(sender.from(pair).readClose().code()).as(what).isEqualTo(1002);
            assertThat(sender.to(pair).readClose().code()).as(what).isEqualTo(1002);
        }
    }

    @Test
    void textIsNotJudgedByTheGateway() throws Exception {
        try (Pair pair = open()) {
            pair.client.send(RawWebSocket.TEXT, new byte[] {(byte) 0xff});
            assertThat(pair.server.readFrame().payload()).containsExactly(0xff);
            pair.server.sendClose(1007, "not UTF-8");
            assertThat(pair.client.readFrame().code()).isEqualTo(1007);
        }
    }

    @Test
    void framesThatOvertakeTheHandshakesAnswerArrive() throws Exception {
        try (RawConnection client = handshake("/ws")) {
            client.send(RawWebSocket.frame(RawWebSocket.TEXT, "eager client".getBytes(UTF_8), true));
            Asked request = backend.next();
            byte[] frame = RawWebSocket.frame(RawWebSocket.TEXT, "eager backend".getBytes(UTF_8), false);
            request.send(RawWebSocket.agreement(request.head()) + new String(frame, ISO_8859_1));
            assertThat(client.readAnswer().status()).isEqualTo(101);
            RawWebSocket mine = RawWebSocket.clientOn(client);
            assertThat(mine.readFrame().text()).isEqualTo("eager backend");
            assertThat(request.webSocket().readFrame().text()).isEqualTo("eager client");
            request.close();
        }
    }

    @ParameterizedTest(name = "frames in pieces of {0} bytes")
    @ValueSource(ints = {1, 3, 7})
    void framesInAnyPiecesArriveWhole(int piece) throws Exception {
        try (Pair pair = open()) {
            byte[] frames = concat(
                    RawWebSocket.frame(RawWebSocket.TEXT, payload(300), true),
                    RawWebSocket.frame(RawWebSocket.BINARY, payload(20), true));
            for (int i = 0; i < frames.length; i += piece) {
                pair.client.sendRaw(Arrays.copyOfRange(frames, i, Math.min(frames.length, i + piece)));
            }
            assertThat(pair.server.readFrame().payload()).isEqualTo(payload(300));
            assertThat(pair.server.readFrame().payload()).isEqualTo(payload(20));
        }
    }

    @Test
    void wss04_anExpiryLetsTheFrameUnderWayEndFirst() throws Exception {
        try (Pair pair = open(TestTokens.tokenAt(clock.instant()).mint())) {
            byte[] frame = RawWebSocket.frame(RawWebSocket.BINARY, payload(3_000), false);
            pair.server.sendText("begun").sendRaw(Arrays.copyOf(frame, 1_000));
            assertThat(pair.client.readFrame().text()).isEqualTo("begun");
            clock.advance(Duration.ofMinutes(6));
            assertThat(pair.server.readFrame().code()).isEqualTo(1008);
            pair.server.sendRaw(concat(
                    Arrays.copyOfRange(frame, 1_000, frame.length),
                    RawWebSocket.frame(RawWebSocket.TEXT, "too late".getBytes(UTF_8), false)));
            assertThat(pair.client.readFrame().payload()).isEqualTo(payload(3_000));
            assertThat(pair.client.readFrame().code()).isEqualTo(1008);
        }
    }

    @Test
    void wss04_aTalkativePeerThatIgnoresTheEndIsCutOff() throws Exception {
        try (Pair pair = open(TestTokens.tokenAt(clock.instant()).mint())) {
            clock.advance(Duration.ofMinutes(6));
            assertThat(pair.client.readFrame().code()).isEqualTo(1008);
            await().until(() -> {
                try {
                    pair.client.sendText("and another thing");
                    return false;
                } catch (SocketException e) {
                    return true;
                }
            });
            assertThat(pair.server.readFrame().code()).isEqualTo(1008);
        }
    }

    @Test
    void wss04_aTokenThatExpiresInFortyDaysIsNotOverAtOnce() throws Exception {
        String token = TestTokens.tokenAt(clock.instant())
                .claim("exp", clock.instant().plus(Duration.ofDays(40)).getEpochSecond())
                .mint();
        try (Pair far = open(token);
                Pair near = open(TestTokens.tokenAt(clock.instant()).mint())) {
            clock.advance(Duration.ofDays(30));
            assertThat(near.client.readFrame().code()).isEqualTo(1008);
            far.client.sendText("still here");
            assertThat(far.server.readFrame().text()).isEqualTo("still here");
            clock.advance(Duration.ofDays(11));
            assertThat(far.client.readFrame().code()).isEqualTo(1008);
        }
    }

    @Test
    void wss07_aRefusedHandshakeIsTheBackendsWholeAnswer() throws Exception {
        String body = "x".repeat(20_000);
        for (String status : List.of("404 Not Found", "403 Forbidden", "500 Oops", "200 OK", "302 Found")) {
            try (RawConnection client = handshake("/ws")) {
                Asked request = backend.next();
                request.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nX-Why: because\r\n"
                        + "Location: /login\r\nContent-Length: 20000\r\n\r\n" + body);
                Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
                assertThat(answer.header("content-type")).isEqualTo("application/json");
                assertThat(answer.header("x-why")).isEqualTo("because");
                assertThat(answer.text()).isEqualTo(body);
                request.close();
            }
        }
        try (RawConnection client = handshake("/ws")) {
            Asked request = backend.next();
            request.send(
                    "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n4\r\n you\r\n0\r\n\r\n");
            assertThat(client.readAnswer().text()).isEqualTo("not you");
            request.close();
        }
    }

    @Test
    void wss07_aHandshakeThatIsMetWithSilenceOrNonsenseIs502() throws Exception {
        List<String> answers = List.of(
                "",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        for (String bad : answers) {
            try (RawConnection client = handshake("/ws")) {
                Asked request = backend.next();
                request.send(bad);
                if (bad.isEmpty()) {
                    request.close();
                }
                assertThat(client.readAnswer().status()).as(bad).isEqualTo(502);
                assertThat(bad.isEmpty() || request.isEnded()).isTrue();
                request.close();
            }
        }
    }

    @Test
    void wss07_aClientThatGivesUpDuringTheHandshakeLeavesNothingBehind() throws Exception {
        RawConnection client = handshake("/ws");
        Asked request = backend.next();
        client.close();
        assertThat(request.isEnded()).isTrue();
        request.close();
    }

    @Test
    void wss07_manyShortWebSocketsLeaveNoConnectionBehind() throws Exception {
        openAndClose(40);
    }

    @Test
    @Tag("cases-full")
    void wss07_aThousandShortWebSocketsLeaveNoConnectionBehind() throws Exception {
        openAndClose(1000);
    }

    private void openAndClose(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (Pair pair = open()) {
                pair.client.sendText("one");
                assertThat(pair.server.readFrame().text()).isEqualTo("one");
                pair.client.sendClose(1000, "");
                pair.server.send(RawWebSocket.CLOSE, pair.server.readFrame().payload());
                assertThat(pair.client.readFrame().code()).isEqualTo(1000);
            }
            try (RawConnection client = handshake("/ws")) {
                Asked request = backend.next();
                if (i % 2 == 0) {
                    request.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                } else {
                    request.close();
                }
                assertThat(client.readAnswer().status()).isEqualTo(i % 2 == 0 ? 404 : 502);
                request.close();
            }
        }
        await().until(() -> backend.openConnections() == 0);
    }

    @Test
    void aSlowReaderHoldsTheBackendBack() throws Exception {
        try (Pair pair = open()) {
            AtomicLong written = new AtomicLong();
            byte[] frame = payload(65_536);
            int frames = 1_000;
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < frames; i++) {
                    sendNow(pair.server, RawWebSocket.BINARY, frame);
                    written.incrementAndGet();
                }
            });
            AtomicLong seen = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(300))
                    .until(() -> written.get() > 0 && seen.getAndSet(written.get()) == written.get());
            assertThat(sending).as("%s frames written", written).isNotDone();
            for (int i = 0; i < frames; i++) {
                assertThat(pair.client.readFrame().payload()).hasSize(frame.length);
            }
            sending.join();
        }
    }

    private Pair open() throws Exception {
        return open(TestTokens.tokenAt(clock.instant()).mint());
    }

    private Pair open(String token) throws Exception {
        RawConnection client = handshakeOf(token, "/ws");
        Asked request = backend.next();
        RawWebSocket server = request.agree();
        Answer answer = client.readAnswer();
        assertThat(RawWebSocket.agreesTo(answer)).isTrue();
        return new Pair(RawWebSocket.clientOn(client), server, request);
    }

    private static RawConnection handshake(String path, String... headers) throws IOException {
        return handshakeOf(TestTokens.tokenAt(clock.instant()).mint(), path, headers);
    }

    private static RawConnection handshakeOf(String token, String path, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return request("GET " + path + " HTTP/1.1\r\nHost: gw\r\n" + RawWebSocket.HANDSHAKE + "Authorization: Bearer "
                + token + "\r\n" + more);
    }

    /** @param head without the empty line */
    private static RawConnection request(String head) throws IOException {
        return new RawConnection(gateway.port()).send(head + "\r\n");
    }

    private static CompletableFuture<Void> send(RawWebSocket from, int first, byte[] payload) {
        return CompletableFuture.runAsync(() -> sendNow(from, first, payload));
    }

    private static void sendNow(RawWebSocket from, int first, byte[] payload) {
        try {
            from.send(first, payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] payload(int size) {
        byte[] payload = new byte[size];
        for (int i = 0; i < size; i++) {
            payload[i] = (byte) ('a' + i % 26);
        }
        return payload;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private record Pair(RawWebSocket client, RawWebSocket server, Asked asked) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            client.close();
            asked.close();
        }
    }
}
