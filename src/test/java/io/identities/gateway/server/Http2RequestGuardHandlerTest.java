package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.http.AccessLog;
import io.identities.gateway.http.RequestIds;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;

/** The guard of HTTP/2 connections, with frames written by hand. */
class Http2RequestGuardHandlerTest {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ENHANCE_YOUR_CALM = 11;

    private static final List<String> seen = new CopyOnWriteArrayList<>();
    private static final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @TempDir
    static Path directory;

    private static KeyManagerFactory factory;
    private static DisposableServer server;

    @BeforeAll
    static void start() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(TestCertificates.keyStore(directory, "public"))) {
            keys.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, TestCertificates.PASSWORD.toCharArray());
        server = serve(new Draining());
    }

    private static DisposableServer serve(Draining draining) {
        CorsPolicy cors = new CorsPolicy(
                new CorsSettings(
                        List.of("https://app.example"),
                        List.of("GET"),
                        List.of("*"),
                        List.of(),
                        false,
                        Duration.ofMinutes(30)),
                "X-Request-Id");
        ListenerRules rules = new ListenerRules(
                16_384,
                new Methods(List.of()),
                new ForwardAuthPath("/forward-auth"),
                new RequestIds("X-Request-Id"),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                cors,
                draining,
                new ResponseDate(InstantSource.fixed(Instant.parse("2026-11-27T15:30:00Z"))),
                new AccessLog(false, System::nanoTime),
                new HeadWarning(System::nanoTime));
        HttpServer secured = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                .secure(spec ->
                        spec.sslContext((SslProvider.GenericSslContextSpec<?>) Http2SslContextSpec.forServer(factory)))
                .handle((request, response) -> {
                    seen.add(request.uri());
                    return switch (request.uri()) {
                        case "/never" -> Mono.never();
                        case "/upload" -> request.receive().then();
                        case "/read" -> request.receive().then().doOnError(failures::add);
                        case "/framing" ->
                            response.sendString(request.receive()
                                    .aggregate()
                                    .asString()
                                    .defaultIfEmpty("")
                                    .map(body -> request.requestHeaders().get("transfer-encoding") + " " + body));
                        default -> response.sendString(Mono.just("ok"));
                    };
                });
        return new ListenerCustomizer(rules).apply(secured).bindNow();
    }

    @AfterAll
    static void stop() {
        server.disposeNow();
    }

    @BeforeEach
    void forget() {
        seen.clear();
        failures.clear();
    }

    @Test
    void wellFormedRequestIsServed() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/good?a=[b]"), true);
            assertThat(connection.statusOf(1)).isEqualTo("200");
        }
        assertThat(seen).containsExactly("/good?a=[b]");
    }

    @Test
    @DisplayName("PATH-23 illegal targets, authorities and methods get an answer on their stream, and no one sees them")
    void path23_malformedHeadIsAnswered() throws Exception {
        try (Connection connection = new Connection()) {
            List<Http2Headers> malformed = List.of(
                    headers("/^"),
                    headers("/a b"),
                    headers("/a#b"),
                    headers("/%zz"),
                    headers("*"),
                    headers("http://evil.example/"),
                    headers("/").authority("u@a"),
                    headers("/").authority("a:"),
                    headers("/").authority("[1:2]"),
                    headers("/").add("host", "other.example"),
                    headers("/").add("content-type", "a/b").add("content-type", "c/d"),
                    headers("/").add("origin", "https://a.example").add("origin", "https://b.example"),
                    headers("/").add("expect", "100-continue").add("expect", "100-continue"));
            int stream = 1;
            for (Http2Headers headers : malformed) {
                connection.request(stream, headers, true);
                assertThat(connection.statusOf(stream)).as(headers.toString()).isEqualTo("400");
                stream += 2;
            }
            connection.request(stream, headers("/").method("TRACE"), true);
            assertThat(connection.statusOf(stream)).isEqualTo("405");
            connection.request(stream + 2, headers("/").add("expect", "foo"), true);
            assertThat(connection.statusOf(stream + 2)).isEqualTo("417");
            connection.request(stream + 4, headers("/").add("x", "a\u0000b"), true);
            assertThat(connection.statusOf(stream + 4)).isIn("400", "reset");
            stream += 2;
            connection.request(stream + 4, headers("/forward-auth").authority("u@a"), true);
            assertThat(connection.statusOf(stream + 4)).isEqualTo("403");
            stream += 2;
            connection.request(stream + 4, headers("/good"), true);
            assertThat(connection.statusOf(stream + 4)).isEqualTo("200");
        }
        assertThat(seen).containsExactly("/good");
    }

    @Test
    @DisplayName("PATH-22 forward-auth never answers 400 or 405, not even to CONNECT with a path")
    void path22_connectAtForwardAuthIsDenied() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/forward-auth/x").method("CONNECT"), true);
            assertThat(connection.statusOf(1)).isEqualTo("403");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    @DisplayName("PATH-23 a request that its framing contradicts is reset at once, whoever reads it already")
    void path23_streamErrorIsAReset() throws Exception {
        List<Http2Headers> contradictory = List.of(
                headers("/good").add("content-length", "5"),
                headers("/good").add("content-length", "5").add("content-length", "6"));
        for (Http2Headers headers : contradictory) {
            try (Connection connection = new Connection()) {
                connection.request(1, headers, true);
                assertThat(connection.statusOf(1)).as(headers.toString()).isEqualTo("reset");
                connection.request(3, headers("/good"), true);
                assertThat(connection.statusOf(3)).isEqualTo("200");
            }
        }
        for (int sent : new int[] {2, 6}) {
            try (Connection connection = new Connection()) {
                connection.request(1, headers("/read").method("POST").add("content-length", "5"), false);
                connection.write(DATA, END_STREAM, 1, new byte[sent]);
                assertThat(connection.statusOf(1)).as("%d bytes of 5", sent).isEqualTo("reset");
                connection.request(3, headers("/good"), true);
                assertThat(connection.statusOf(3)).isEqualTo("200");
            }
        }
        assertThat(seen).containsOnly("/good", "/read");
        await().untilAsserted(() -> assertThat(failures).hasSize(2).allMatch(AbortedException.class::isInstance));
    }

    @ParameterizedTest(name = "{0} with the body \"{1}\"")
    @DisplayName("a request without a body is one, also where an empty frame says so")
    @CsvSource({"GET, '', null", "HEAD, '', null", "DELETE, '', null", "GET, hello, chunked hello", "POST, '', chunked"
    })
    void emptyFrameIsNoBody(String method, String body, String framing) throws Exception {
        try (Connection connection = new Connection()) {
            byte[] head = encoded(headers("/framing").method(method));
            connection.write(
                    frame(HEADERS, END_HEADERS, 1, head),
                    frame(HEADERS, END_HEADERS, 3, head),
                    frame(DATA, END_STREAM, 1, body.getBytes(UTF_8)),
                    frame(DATA, END_STREAM, 3, body.getBytes(UTF_8)));
            assertThat(connection.bodyOf(1)).asString().isEqualToIgnoringWhitespace(framing);
            assertThat(connection.bodyOf(3)).asString().isEqualToIgnoringWhitespace(framing);
        }
    }

    @Test
    @DisplayName("a head whose frames have not come yet goes on at once, and what is reset goes nowhere")
    void nobodyWaitsForTheRestOfABody() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/read"), false);
            await().until(() -> seen.contains("/read"));
            connection.write(DATA, END_STREAM, 1, new byte[0]);
            assertThat(connection.statusOf(1)).isEqualTo("200");
            connection.write(
                    frame(HEADERS, END_HEADERS, 3, encoded(headers("/reset"))),
                    frame(RST_STREAM, 0, 3, new byte[] {0, 0, 0, 8}),
                    frame(HEADERS, END_HEADERS | END_STREAM, 5, encoded(headers("/good"))));
            assertThat(connection.statusOf(5)).isEqualTo("200");
        }
    }

    @Test
    void refusedStreamMayStillSendItsBody() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/^").method("POST"), false);
            assertThat(connection.statusOf(1)).isEqualTo("400");
            connection.write(DATA, END_STREAM, 1, new byte[100]);
            connection.request(3, headers("/good"), true);
            assertThat(connection.statusOf(3)).isEqualTo("200");
        }
    }

    @Test
    @DisplayName("a request that ends short of its announced body is reset and keeps no connection open")
    void requestWithoutItsBodyIsReset() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/good").method("POST").add("content-length", "5"), true);
            assertThat(connection.statusOf(1)).isEqualTo("reset");
            connection.request(3, headers("/good"), true);
            assertThat(connection.statusOf(3)).isEqualTo("200");
            assertThat(connection.isClosedByPeer()).as("no stream is open").isTrue();
        }
        assertThat(seen).containsExactly("/good");
    }

    @Test
    @DisplayName("UPS-01 an answer that overtakes its request ends the stream, and nothing of the rest is taken")
    void ups01_overtakenRequestIsReset() throws Exception {
        for (String path : List.of("/early", "/^")) {
            try (Connection connection = new Connection()) {
                connection.request(1, headers(path).method("POST"), false);
                assertThat(connection.bodyOf(1)).isNotEmpty();
                assertThat(connection.next(RST_STREAM, 1).payload())
                        .as("NO_ERROR")
                        .containsExactly(0, 0, 0, 0);
                assertThat(connection.isClosedByPeer()).as("no stream is open").isTrue();
            }
        }
    }

    @Test
    @DisplayName("K8S-01 while draining a connection is told to begin nothing more, and what is begun is served")
    void k8s01_drainingSaysGoodbyeBehindAnAnswer() throws Exception {
        Draining draining = new Draining();
        DisposableServer leaving = serve(draining);
        try (Connection connection = new Connection(leaving)) {
            connection.request(1, headers("/good"), true);
            assertThat(connection.bodyOf(1)).asString().isEqualTo("ok");
            assertThat(connection.isPingAnswered())
                    .as("the first answer is done with")
                    .isTrue();
            draining.begin();
            connection.request(3, headers("/good"), true);
            assertThat(connection.bodyOf(3)).asString().isEqualTo("ok");
            assertThat(connection.next(GOAWAY, 0).payload())
                    .as("no stream is refused, and nothing is wrong")
                    .containsExactly(0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0);
            connection.request(5, headers("/good"), true);
            assertThat(connection.bodyOf(5)).asString().isEqualTo("ok");
        } finally {
            leaving.disposeNow();
        }
    }

    @Test
    @DisplayName("UPS-03 one upload that stands still cannot fill what all of its connection may have under way")
    void ups03_windowOfAConnectionIsWiderThanThatOfAStream() throws Exception {
        try (Connection connection = new Connection()) {
            long stream = 65_535;
            long whole = 65_535;
            Frame frame = connection.read();
            while (frame.type != SETTINGS || (frame.flags & ACK) == 0) {
                if (frame.type == SETTINGS) {
                    stream = setting(frame, INITIAL_WINDOW_SIZE);
                } else if (frame.type == WINDOW_UPDATE) {
                    whole += ByteBuffer.wrap(frame.payload).getInt();
                }
                frame = connection.read();
            }
            assertThat(stream).isEqualTo(262_144);
            assertThat(whole).isEqualTo(1_048_576);
        }
    }

    @Test
    @DisplayName("UPS-19 a client that lets nothing through is cut off")
    void ups19_clientWithoutAWindowIsCutOff() throws Exception {
        try (Connection connection = new Connection()) {
            connection.write(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            connection.request(1, headers("/good"), true);
            assertThat(connection.statusOf(1)).isEqualTo("200");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @ParameterizedTest(name = "an answer is held back: {0}")
    @DisplayName("UPS-19 a client that does nothing but ping is cut off as a silent one is")
    @ValueSource(booleans = {false, true})
    void ups19_pingsKeepNothingOpen(boolean heldBack) throws Exception {
        try (Connection connection = new Connection()) {
            if (heldBack) {
                connection.write(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            }
            connection.request(1, headers("/good"), true);
            assertThat(connection.statusOf(1)).isEqualTo("200");
            await().pollInterval(Duration.ofMillis(100)).until(() -> !connection.isPingAnswered());
        }
    }

    @Test
    @DisplayName("WSS-15 rapid resets end the connection")
    void wss15_rapidReset() throws Exception {
        try (Connection connection = new Connection()) {
            assertThat(connection.isToldToCalmDown(() -> {
                        for (int stream = 1; stream < 20_000; stream += 2) {
                            connection.request(stream, headers("/good"), true);
                            connection.write(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                        }
                    }))
                    .isTrue();
        }
        assertThat(seen).hasSizeLessThan(1_000);
        await().until(() -> isServed());
    }

    @Test
    @DisplayName("WSS-15 endless continuations end the connection")
    void wss15_continuationFlood() throws Exception {
        for (int size : new int[] {0, 100}) {
            try (Connection connection = new Connection()) {
                assertThat(connection.isToldToCalmDown(() -> {
                            connection.write(HEADERS, END_STREAM, 1, encoded(headers("/good")));
                            for (int i = 0; i < 10_000; i++) {
                                connection.write(CONTINUATION, 0, 1, new byte[size]);
                            }
                        }))
                        .as("continuations of %d bytes", size)
                        .isTrue();
            }
        }
        assertThat(seen).isEmpty();
        await().until(() -> isServed());
    }

    @Test
    @DisplayName("WSS-15 floods of PING and SETTINGS end the connection")
    void wss15_controlFloods() throws Exception {
        for (int type : new int[] {PING, SETTINGS}) {
            try (Connection connection = new Connection()) {
                assertThat(connection.isToldToCalmDown(() -> {
                            for (int i = 0; i < 1_000; i++) {
                                connection.write(type, 0, 0, new byte[type == PING ? 8 : 0]);
                            }
                        }))
                        .as("frames of type %d", type)
                        .isTrue();
            }
        }
        await().until(() -> isServed());
    }

    @ParameterizedTest(name = "{0}, reset={1}")
    @DisplayName("a connection that is lost is no warning, whatever is under way on it")
    @CsvSource({"/good, true", "/never, true", "/good, false", "/never, false"})
    void lostConnectionIsNoWarning(String path, boolean reset) throws Exception {
        try (LogCapture ours = LogCapture.of(Http2RequestGuardHandler.class);
                LogCapture theirs = LogCapture.of("io.netty.channel.DefaultChannelPipeline");
                LogCapture streams = LogCapture.of("reactor.netty.channel.FluxReceive");
                Connection connection = new Connection()) {
            connection.request(1, headers(path), true);
            await().until(() -> seen.contains(path));
            if (reset) {
                connection.reset();
            } else {
                connection.stopSpeakingTls();
                assertThat(connection.isClosedByPeer()).isTrue();
            }
            await().until(() -> ours.messages().stream().anyMatch(line -> line.startsWith("HTTP/2 error")));
            assertThat(theirs.warnings()).isEmpty();
            assertThat(streams.warnings()).isEmpty();
        }
    }

    @Test
    @DisplayName("a stream that breaks the rules is reset without a word in the log, and others go on")
    void brokenStreamIsReset() throws Exception {
        try (LogCapture streams = LogCapture.of("reactor.netty.channel.FluxReceive");
                LogCapture requests = LogCapture.of("reactor.netty.transport.ServerTransport");
                Connection connection = new Connection()) {
            connection.request(1, headers("/upload").method("POST").add("content-length", "3"), false);
            await().until(() -> seen.contains("/upload"));
            connection.write(DATA, END_STREAM, 1, new byte[6]);
            assertThat(connection.statusOf(1)).isEqualTo("reset");
            connection.request(3, headers("/never"), true);
            await().until(() -> seen.contains("/never"));
            connection.write(WINDOW_UPDATE, 0, 3, new byte[4]);
            assertThat(connection.statusOf(3)).isEqualTo("reset");
            connection.request(5, headers("/good"), true);
            assertThat(connection.statusOf(5)).isEqualTo("200");
            assertThat(streams.warnings()).isEmpty();
            assertThat(requests.lines()).noneMatch(line -> line.startsWith("ERROR"));
        }
    }

    @Test
    @DisplayName("bytes that are no TLS end a connection of HTTP/1.1 without a warning")
    void http11ClientThatStopsSpeakingTls() throws Exception {
        try (LogCapture log = LogCapture.of("reactor.netty.channel.FluxReceive");
                Connection connection = new Connection(server, "http/1.1")) {
            connection.out.write("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
            await().until(() -> seen.contains("/never"));
            connection.stopSpeakingTls();
            assertThat(connection.isClosedByPeer()).isTrue();
            assertThat(log.warnings()).isEmpty();
        }
    }

    private boolean isServed() throws Exception {
        try (Connection connection = new Connection()) {
            connection.request(1, headers("/good"), true);
            return "200".equals(connection.statusOf(1));
        }
    }

    private static Http2Headers headers(String path) {
        return new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("https")
                .authority("localhost")
                .path(path);
    }

    private static long setting(Frame settings, int wanted) {
        ByteBuffer each = ByteBuffer.wrap(settings.payload);
        while (each.hasRemaining()) {
            int id = each.getShort();
            int value = each.getInt();
            if (id == wanted) {
                return value;
            }
        }
        throw new AssertionError("No setting " + wanted);
    }

    private static byte[] encoded(Http2Headers headers) {
        try {
            ByteBuf out = Unpooled.buffer();
            new DefaultHttp2HeadersEncoder((name, value) -> false, true).encodeHeaders(1, headers, out);
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            return bytes;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        return frame.put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private interface Flood {
        void run() throws IOException;
    }

    /** A TLS connection that has spoken the preface; every request uses a header table of its own. */
    private static final class Connection implements AutoCloseable {

        private final Socket plain;
        private final SSLSocket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

        Connection() throws Exception {
            this(server);
        }

        Connection(DisposableServer server) throws Exception {
            this(server, "h2");
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8));
            write(SETTINGS, 0, 0, new byte[0]);
        }

        Connection(DisposableServer server, String protocol) throws Exception {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverybody()}, new SecureRandom());
            plain = new Socket("127.0.0.1", server.port());
            socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", server.port(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo(protocol);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void stopSpeakingTls() throws IOException {
            plain.getOutputStream().write("this is no record of TLS".getBytes(UTF_8));
        }

        void reset() throws IOException {
            plain.setSoLinger(true, 0);
            plain.close();
        }

        void request(int stream, Http2Headers headers, boolean ends) throws IOException {
            write(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, encoded(headers));
        }

        void write(int type, int flags, int stream, byte[] payload) throws IOException {
            write(frame(type, flags, stream, payload));
        }

        /** In one record of TLS. */
        void write(byte[]... frames) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] frame : frames) {
                all.write(frame);
            }
            out.write(all.toByteArray());
            out.flush();
        }

        String statusOf(int wanted) throws Exception {
            while (true) {
                Frame frame = read();
                if (frame.type == GOAWAY) {
                    throw new IOException("GOAWAY " + new String(frame.payload, UTF_8));
                }
                if (frame.type == RST_STREAM && frame.stream == wanted) {
                    return "reset";
                }
                if (frame.type == HEADERS) {
                    Http2Headers headers = decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
                    if (frame.stream == wanted) {
                        return String.valueOf(headers.status());
                    }
                }
            }
        }

        /** The frame of that type on that stream; whatever comes before is passed over. */
        Frame next(int type, int stream) throws IOException {
            while (true) {
                Frame frame = read();
                if (frame.type == type && frame.stream == stream) {
                    return frame;
                }
            }
        }

        boolean isPingAnswered() {
            try {
                write(PING, 0, 0, new byte[8]);
                next(PING, 0);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        byte[] bodyOf(int stream) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                Frame frame = next(DATA, stream);
                body.write(frame.payload);
                if ((frame.flags & END_STREAM) != 0) {
                    return body.toByteArray();
                }
            }
        }

        boolean isClosedByPeer() {
            try {
                while (true) {
                    read();
                }
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        boolean isToldToCalmDown(Flood flood) throws IOException {
            Thread writer = new Thread(() -> {
                try {
                    flood.run();
                } catch (IOException e) {
                    // Being cut off is the point.
                }
            });
            writer.start();
            try {
                while (true) {
                    Frame frame = read();
                    if (frame.type == GOAWAY) {
                        int code = ByteBuffer.wrap(frame.payload).getInt(4);
                        if (code == ENHANCE_YOUR_CALM) {
                            return true;
                        }
                    }
                }
            } catch (IOException e) {
                return false;
            }
        }

        private Frame read() throws IOException {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return new Frame(type, flags, stream, in.readNBytes(length));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    private static final class TrustEverybody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
