package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many bodies and large ones: what is held, what is leaked, what is left running. */
class VolumeIT {

    private static final int MEGABYTE = 1 << 20;
    private static final String BODY = "A".repeat(65_536);

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static String token;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(backend.uri(), "identities.endpoints.authenticate.enabled=false");
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

    @Test
    @DisplayName("UPS-06 bodies that end badly leak no buffer")
    void ups06_noLeaks() throws IOException {
        uploads(30);
    }

    @Test
    @Tag("cases-full")
    @DisplayName("UPS-06 20,000 bodies that end badly leak no buffer")
    void ups06_literally() throws IOException {
        uploads(20_000);
    }

    private static void uploads(int count) throws IOException {
        try (LogCapture leaks = LogCapture.of("io.netty.util.ResourceLeakDetector")) {
            badUploads(10);
            long before = PlatformDependent.usedDirectMemory();
            badUploads(count);
            System.gc();
            for (int i = 0; i < 20; i++) {
                assertThat(upload(token, BODY)).isEqualTo(200);
            }
            assertThat(leaks.messages()).noneMatch(message -> message.contains("LEAK"));
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(8L * MEGABYTE);
        }
        await().until(() -> backend.openConnections() <= 500);
    }

    private static void badUploads(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            backend.reset();
            switch (i % 5) {
                case 0 -> assertThat(upload("a.b.c", BODY)).isEqualTo(401);
                case 1 ->
                    assertThat(upload(token + "\r\nX-Big: " + "x".repeat(20_000), BODY))
                            .isEqualTo(431);
                case 2 -> abort(head(token, BODY.length()) + BODY.substring(1_000));
                case 3 -> {
                    backend.handleHeads(VolumeIT::resetWhereAsked);
                    assertThat(upload(token + "\r\nConnection: close\r\nX-Reset: body", BODY))
                            .isEqualTo(502);
                }
                default -> assertThat(upload(token, BODY)).isEqualTo(200);
            }
        }
    }

    /** By the request rather than the connection: one that was opened for a client that left serves a later request. */
    private static void resetWhereAsked(RecordingBackend.Received head, Socket socket) throws IOException {
        if (head.header("x-reset") != null) {
            socket.setSoLinger(true, 0);
            throw new IOException("reset within the body");
        }
    }

    @Test
    @DisplayName("UPS-07 a slow reader slows its backend down, and nobody else")
    void ups07_backPressureReachesTheBackend() throws IOException {
        long total = 48L * MEGABYTE;
        AtomicLong sent = new AtomicLong();
        backend.respond((request, out) -> {
            if (!request.target().equals("/large")) {
                out.write(RecordingBackend.ok("{}"));
                return;
            }
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + total + "\r\n\r\n").getBytes(US_ASCII));
            byte[] block = new byte[65_536];
            for (long left = total; left > 0; left -= block.length) {
                out.write(block);
                sent.addAndGet(block.length);
            }
        });
        long before = PlatformDependent.usedDirectMemory();
        List<Socket> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(slowReader("GET /large HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n"));
        }
        AtomicLong seen = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300))
                .until(() -> sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get());
        assertThat(sent.get()).as("most of it waits in the backend").isLessThan(readers.size() * total / 2);
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(readers.size() * 3L * MEGABYTE);
        assertThat(RawConnection.exchange(
                                gateway.port(),
                                "GET /small HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
        for (Socket reader : readers) {
            assertThat(readToTheEnd(reader)).isGreaterThan(total);
            reader.close();
        }
    }

    private static Socket slowReader(String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(65_536);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        return socket;
    }

    private static long readToTheEnd(Socket socket) throws IOException {
        byte[] buffer = new byte[65_536];
        InputStream in = socket.getInputStream();
        long read = 0;
        for (long total = 48L * MEGABYTE; read <= total; ) {
            read += in.read(buffer);
        }
        return read;
    }

    @ParameterizedTest(name = "UPS-13 {0}")
    @ValueSource(strings = {"before the first byte", "in the middle of the body"})
    void ups13_clientThatGoesAwayEndsTheBackendsWorkWithoutAWarning(String when) throws IOException {
        leave(when.startsWith("in"), 10);
    }

    @Tag("cases-full")
    @ParameterizedTest(name = "UPS-13 {0}")
    @ValueSource(strings = {"before the first byte", "in the middle of the body"})
    void ups13_literally(String when) throws IOException {
        leave(when.startsWith("in"), 500);
    }

    private static void leave(boolean inTheBody, int times) throws IOException {
        AtomicLong reached = new AtomicLong();
        backend.respond((request, out) -> {
            reached.incrementAndGet();
            if (inTheBody) {
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".getBytes(US_ASCII));
                writeUntilCut(out);
            }
        });
        long counted = clientsGone();
        int open = backend.openConnections();
        try (LogCapture log = LogCapture.of("io.identities")) {
            for (int i = 1; i <= times; i++) {
                RawConnection client = new RawConnection(gateway.port());
                client.send("GET /slow HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n");
                int expected = i;
                await().pollInterval(Duration.ofMillis(5)).until(() -> reached.get() == expected);
                if (inTheBody) {
                    client.socket().getInputStream().readNBytes(20_000);
                }
                client.close();
                await().pollInterval(Duration.ofMillis(5)).until(() -> backend.openConnections() <= open);
            }
            assertThat(log.warnings()).isEmpty();
        }
        long gone = inTheBody ? 0 : times;
        await().until(() -> clientsGone() - counted == gone);
    }

    private static void writeUntilCut(OutputStream out) throws IOException {
        byte[] block = new byte[8_192];
        while (true) {
            out.write(block);
        }
    }

    @Test
    @DisplayName("UPS-13 an upload that its client breaks off is no fault of the backend")
    void ups13_brokenUpload() throws IOException {
        long counted = clientsGone();
        try (LogCapture log = LogCapture.of("io.identities");
                LogCapture spring = LogCapture.of("org.springframework.web.server.adapter.HttpWebHandlerAdapter")) {
            abort(head(token, 1_000_000) + BODY);
            await().until(() -> clientsGone() == counted + 1);
            await().until(() -> backend.openConnections() == 0);
            assertThat(log.warnings()).isEmpty();
            assertThat(spring.messages()).noneMatch(message -> message.contains("500 Server Error"));
        }
        assertThat(backend.count()).isZero();
    }

    private static long clientsGone() {
        return gateway.bean(MeterRegistry.class)
                .get("identities.backend.requests")
                .tag("outcome", "client_gone")
                .timer()
                .count();
    }

    @Test
    @DisplayName("UPS-18 no upload ever touches a file")
    void ups18_noFileIsWritten(@TempDir Path directory) throws Exception {
        ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
        try (RecordingStream files = new RecordingStream()) {
            files.enable("jdk.FileWrite").withThreshold(Duration.ZERO);
            files.onEvent("jdk.FileWrite", event -> {
                String path = event.getString("path");
                if (path != null) {
                    written.add(path);
                }
            });
            files.startAsync();
            String part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
            String form = part + "A".repeat(MEGABYTE) + "\r\n--b--\r\n";
            String multipart = "\r\nContent-Type: multipart/form-data; boundary=b";
            for (int i = 0; i < 5; i++) {
                assertThat(upload(token + multipart, form)).isEqualTo(200);
                assertThat(backend.last().bodyLength()).isEqualTo(form.length());
                assertThat(upload("a.b.c" + multipart, form)).isEqualTo(401);
                abort(head(token + multipart, form.length()) + form.substring(100_000));
            }
            Path own = Files.writeString(directory.resolve("own"), "seen");
            await().until(() -> written.contains(own.toString()));
            assertThat(written).containsExactly(own.toString());
        }
    }

    private static void abort(String half) throws IOException {
        try (RawConnection client = new RawConnection(gateway.port())) {
            client.send(half);
        }
    }

    private static int upload(String credential, String body) throws IOException {
        try (RawConnection client = new RawConnection(gateway.port())) {
            try {
                client.send(head(credential, body.length()) + body);
            } catch (IOException e) {
                // Refused before it was read; the answer is there.
            }
            return client.readAnswer().status();
        }
    }

    private static String head(String credential, int length) {
        return "POST /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + credential + "\r\nContent-Length: "
                + length + "\r\n\r\n";
    }
}
