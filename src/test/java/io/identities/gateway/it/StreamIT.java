package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.http.OpenStreams.CloseReason;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.IssuedToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenIssuer;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketOutbound;

/** WebSockets and event streams: passed through as they are, and ended with their token. */
class StreamIT {

    private final List<Map<String, String>> handshakes = new CopyOnWriteArrayList<>();
    private final List<Integer> closesAtBackend = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelledStreams = new AtomicInteger();
    private final Sinks.Many<String> events = Sinks.many().multicast().directBestEffort();
    private final MutableClock clock = MutableClock.startingNow();
    private final HttpClient http = HttpClient.newHttpClient();
    private DisposableServer backend;
    private RunningGateway gateway;

    @BeforeEach
    void start() {
        backend = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(this::routes)
                .bindNow();
        gateway = RunningGateway.with(
                        "identities.backend.uri=http://127.0.0.1:" + backend.port(),
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.proxy.websocket-token-subprotocol=true",
                        "spring.cloud.gateway.server.webflux.routes[0].id=own",
                        "spring.cloud.gateway.server.webflux.routes[0].uri=http://127.0.0.1:" + backend.port(),
                        "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/own/**",
                        "spring.cloud.gateway.server.webflux.routes[0].filters[0]=StripPrefix=1")
                .bean(Clock.class, () -> clock)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        backend.disposeNow();
    }

    @Test
    void wss02_handshakeCarriesIdentityQueryAndCustomHeaders() {
        Client client =
                open(issue().bearer().compact(), "/ws?room=7", Map.of("X-Custom", "c", "X-Auth-Username", "root"));
        await().until(() -> !handshakes.isEmpty());
        assertThat(handshakes)
                .singleElement()
                .satisfies(handshake -> assertThat(handshake)
                        .containsEntry("X-Auth-Username", "alice")
                        .containsEntry("X-Custom", "c")
                        .containsKey("Authorization"));
        client.socket.abort();
    }

    @ParameterizedTest(name = "WSS-03 frame of {0} bytes")
    @ValueSource(ints = {5, 65_535, 65_537, 1_000_000})
    void wss03_framesUpToTheLimitPassBothWays(int size) {
        Client client = open(issue().bearer().compact(), "/ws", Map.of());
        client.socket.sendText("x".repeat(size), true).join();
        await().untilAsserted(() -> assertThat(client.text).hasToString("x".repeat(size)));
        client.socket.sendBinary(ByteBuffer.allocate(size), true).join();
        await().untilAsserted(() -> assertThat(client.binaryBytes).hasValue(size));
        client.socket.abort();
    }

    @Test
    void wss03_largerFrameOfTheClientEndsWith1009AndTheBackendHearsOfIt() throws Exception {
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send("GET /ws HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
                    + issue().bearer().compact() + "\r\n\r\n");
            assertThat(client.readAnyAnswer().status()).isEqualTo(101);
            client.send(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 1, 2, 3, 4});
            byte[] close = client.socket().getInputStream().readNBytes(4);
            assertThat(close[0]).isEqualTo((byte) 0x88);
            assertThat(((close[2] & 0xff) << 8) | (close[3] & 0xff)).isEqualTo(1009);
            await().untilAsserted(() -> assertThat(closesAtBackend).hasSize(1));
        }
    }

    @Test
    void wss04_silentSocketIsClosedWith1008WhenItsTokenExpires() {
        Client client = open(issue().bearer().compact(), "/ws", Map.of());
        await().until(() -> gateway.bean(OpenStreams.class).count() == 1);
        clock.advance(Duration.ofMinutes(29));
        assertThat(client.closes).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        await().untilAsserted(() -> assertThat(client.closes).containsExactly(1008));
        await().untilAsserted(() -> assertThat(closesAtBackend).containsExactly(1008));
        await().until(() -> gateway.bean(OpenStreams.class).count() == 0);
    }

    @Test
    @DisplayName("WSS-04 a user's own route: the stock routing tells the backend the end, not always the code")
    void wss04_silentSocketOfAnOwnRouteIsClosedWhenItsTokenExpires() {
        Client client = open(issue().bearer().compact(), "/own/ws", Map.of());
        await().until(() -> gateway.bean(OpenStreams.class).count() == 1);
        clock.advance(Duration.ofMinutes(30));
        await().untilAsserted(() -> assertThat(client.closes).containsExactly(1008));
        await().untilAsserted(() -> assertThat(closesAtBackend).hasSize(1));
        await().until(() -> gateway.bean(OpenStreams.class).count() == 0);
    }

    @Test
    void wss04_socketOpenedWithinTheSkewLivesUntilTheSkewIsOver() {
        IssuedToken token = issue();
        clock.advance(Duration.ofMinutes(30).plusSeconds(10));
        Client client = open(token.bearer().compact(), "/ws", Map.of());
        await().until(() -> gateway.bean(OpenStreams.class).count() == 1);
        clock.advance(Duration.ofSeconds(15));
        client.socket.sendText("still", true).join();
        await().untilAsserted(() -> assertThat(client.text).hasToString("still"));
        assertThat(client.closes).isEmpty();
        clock.advance(Duration.ofSeconds(10));
        await().untilAsserted(() -> assertThat(client.closes).containsExactly(1008));
    }

    @ParameterizedTest(name = "below {0}/")
    @ValueSource(strings = {"", "/own"})
    void revocationOfTheSessionEndsItsSocketsAndStreams(String route) throws Exception {
        IssuedToken token = issue();
        Client client = open(token.bearer().compact(), route + "/ws", Map.of());
        try (RawConnection stream = openEvents(token, route + "/events")) {
            Lines lines = new Lines(stream);
            assertThat(lines.readUntil("data: 0\n\n")).contains("200 OK");
            await().until(() -> gateway.bean(OpenStreams.class).count() == 2);
            gateway.bean(RevocationStore.class)
                    .revoke(new Revocation.OfSession(
                            token.token().sessionId(), token.token().expiresAt().plusSeconds(60)))
                    .block();
            await().untilAsserted(() -> assertThat(client.closes).containsExactly(1008));
            assertThat(lines.readUntil("0\r\n\r\n")).as("a clean end").isEqualTo("\r\n0\r\n\r\n");
        }
    }

    @ParameterizedTest(name = "WSS-06 close code {0}")
    @ValueSource(ints = {1000, 1011, 4401})
    void wss06_closeCodeAndReasonOfTheBackendArrive(int code) {
        Client client = open(issue().bearer().compact(), "/ws", Map.of());
        client.socket.sendText("close " + code, true).join();
        await().untilAsserted(() -> assertThat(client.closes).containsExactly(code));
        assertThat(client.reasons).containsExactly("bye");
    }

    @Test
    void wss06_closeCodeOfTheClientArrives() {
        Client client = open(issue().bearer().compact(), "/ws", Map.of());
        client.socket.sendClose(3000, "done").join();
        await().untilAsserted(() -> assertThat(closesAtBackend).containsExactly(3000));
    }

    @ParameterizedTest(name = "WSS-07 refused with {0}")
    @ValueSource(ints = {403, 404, 500})
    void wss07_refusedHandshakeStaysAnHttpAnswer(int status) {
        assertThatThrownBy(() -> open(issue().bearer().compact(), "/status/" + status, Map.of()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refusal ->
                                assertThat(refusal.getResponse().statusCode()).isEqualTo(status));
    }

    @Test
    void wss01_handshakeWithoutAGoodTokenIsAPlain401() {
        for (String token : List.of("", "garbage")) {
            assertThatThrownBy(() -> open(token, "/ws", Map.of()))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refusal -> assertThat(refusal.getResponse().statusCode())
                                    .isEqualTo(401));
        }
        assertThat(handshakes).isEmpty();
    }

    @Test
    void browserBringsItsTokenAsSubprotocolAndTheBackendNeverSeesItThere() {
        String token = issue().bearer().compact();
        WebSocket socket = http.newWebSocketBuilder()
                .subprotocols("bearer", token, "chat")
                .buildAsync(ws("/chat"), new Client())
                .join();
        assertThat(socket.getSubprotocol()).isEqualTo("chat");
        await().untilAsserted(() -> assertThat(handshakes)
                .singleElement()
                .satisfies(handshake -> assertThat(handshake).containsEntry("Sec-WebSocket-Protocol", "chat")));
        socket.abort();
    }

    @Test
    void wss11_headAndEveryEventArriveAtOnce() throws Exception {
        try (RawConnection stream = openEvents(issue())) {
            Lines lines = new Lines(stream);
            assertThat(lines.readUntil("\r\n\r\n")).contains("200 OK").containsIgnoringCase("text/event-stream");
            assertThat(lines.readUntil("data: 0\n\n")).isNotEmpty();
            for (int i = 1; i < 4; i++) {
                events.tryEmitNext("data: " + i + "\n\n");
                assertThat(lines.readUntil("data: " + i + "\n\n")).isNotEmpty();
            }
            clock.advance(Duration.ofMinutes(31));
            assertThat(lines.readUntil("0\r\n\r\n")).isNotEmpty();
            await().until(() -> cancelledStreams.get() == 1);
        }
    }

    @Test
    void wss13_closingTheClientClosesTheBackendsStream() throws Exception {
        openEvents(issue()).close();
        await().until(() -> cancelledStreams.get() == 1);
    }

    @ParameterizedTest(name = "K8S-04 {0}")
    @ValueSource(strings = {"/ws", "/own/ws"})
    void k8s04_drainingClosesSocketsWith1001(String path) {
        Client client = open(issue().bearer().compact(), path, Map.of());
        await().until(() -> gateway.bean(OpenStreams.class).count() == 1);
        gateway.bean(OpenStreams.class).closeAll(CloseReason.GOING_AWAY);
        await().untilAsserted(() -> assertThat(client.closes).containsExactly(1001));
    }

    private void routes(HttpServerRoutes routes) {
        webSocket(routes, "/ws", WebsocketServerSpec.builder());
        webSocket(routes, "/chat", WebsocketServerSpec.builder().protocols("chat"));
        routes.get(
                "/events",
                (request, response) -> response.sse()
                        .sendString(Flux.concat(Flux.just("data: 0\n\n"), events.asFlux())
                                .doOnCancel(cancelledStreams::incrementAndGet))
                        .then());
        routes.get(
                "/status/{code}",
                (request, response) ->
                        response.status(Integer.parseInt(request.param("code"))).send());
    }

    private void webSocket(HttpServerRoutes routes, String path, WebsocketServerSpec.Builder spec) {
        routes.ws(
                path,
                (in, out) -> {
                    handshakes.add(handshake(in.headers()));
                    in.receiveCloseStatus().subscribe(status -> closesAtBackend.add(status.code()));
                    return in.aggregateFrames(10_000_000)
                            .receiveFrames()
                            .map(WebSocketFrame::retain)
                            .concatMap(frame -> answer(frame, out))
                            .then();
                },
                spec.maxFramePayloadLength(10_000_000).build());
    }

    private static Mono<Void> answer(WebSocketFrame frame, WebsocketOutbound out) {
        String text = frame.content().toString(StandardCharsets.UTF_8);
        if (text.startsWith("close ")) {
            frame.release();
            return out.sendClose(Integer.parseInt(text.substring(6)), "bye");
        }
        return out.sendObject(frame).then();
    }

    private static Map<String, String> handshake(HttpHeaders headers) {
        Map<String, String> handshake = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach(header -> handshake.put(header.getKey(), header.getValue()));
        return handshake;
    }

    private IssuedToken issue() {
        return gateway.bean(TokenIssuer.class).issue(Subject.named("alice"));
    }

    private URI ws(String path) {
        return URI.create("ws://127.0.0.1:" + gateway.port() + path);
    }

    private Client open(String token, String path, Map<String, String> headers) {
        Client client = new Client();
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (!token.isEmpty()) {
            builder.header("Authorization", "Bearer " + token);
        }
        headers.forEach(builder::header);
        client.socket = builder.buildAsync(ws(path), client).join();
        return client;
    }

    private RawConnection openEvents(IssuedToken token) throws Exception {
        return openEvents(token, "/events");
    }

    private RawConnection openEvents(IssuedToken token, String path) throws Exception {
        RawConnection stream = new RawConnection(gateway.port());
        stream.send("GET " + path + " HTTP/1.1\r\nHost: gw\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
                + token.bearer().compact() + "\r\n\r\n");
        await().until(() -> gateway.bean(OpenStreams.class).count() > 0);
        return stream;
    }

    private static final class Lines {

        private final RawConnection connection;
        private final StringBuilder read = new StringBuilder();

        Lines(RawConnection connection) {
            this.connection = connection;
        }

        String readUntil(String end) throws Exception {
            while (read.indexOf(end) < 0) {
                int next = connection.socket().getInputStream().read();
                if (next < 0) {
                    throw new IllegalStateException("Connection closed after: " + read);
                }
                read.append((char) next);
            }
            String found = read.substring(0, read.indexOf(end) + end.length());
            read.delete(0, found.length());
            return found;
        }
    }

    private static final class Client implements WebSocket.Listener {

        private final StringBuffer text = new StringBuffer();
        private final AtomicInteger binaryBytes = new AtomicInteger();
        private final List<Integer> closes = new CopyOnWriteArrayList<>();
        private final List<String> reasons = new CopyOnWriteArrayList<>();
        private WebSocket socket;

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            binaryBytes.addAndGet(data.remaining());
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closes.add(statusCode);
            reasons.add(reason);
            return CompletableFuture.completedStage(null);
        }
    }
}
