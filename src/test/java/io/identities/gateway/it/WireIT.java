package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.identities.gateway.server.WireVectors;
import io.identities.gateway.server.WireVectors.Vector;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw bytes through the whole gateway, with a good token: what reaches the backend, and what the client reads. */
class WireIT {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofMillis(500);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

    private static final String MARK = "X-Vector";

    private static RecordingBackend backend;
    private static RunningGateway gateway;
    private static String authorization;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(backend.uri(), "identities.endpoints.authenticate.enabled=false");
        authorization = "Authorization: Bearer "
                + TestTokens.sessionToken(Instant.now(), "wire").mint() + "\r\n";
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

    @ParameterizedTest
    @DisplayName("PATH-20 escaped line breaks stay escaped or are refused, and never become a header")
    @ValueSource(
            strings = {
                "/identities/1%0d%0aX-Role:%20admin",
                "/identities?a=%0d%0aX-Role:%20admin",
                "/identities/%00",
                "/identities/%c0%ae",
                "/identities/%E2%80%A8",
            })
    void path20_escapedControls(String target) throws IOException {
        Answer answer = send("GET " + target + " HTTP/1.1\r\nHost: gw\r\n" + authorization + "\r\n");
        assertThat(answer.status()).isIn(200, 400);
        if (answer.status() == 200) {
            assertThat(backend.last().target()).isEqualTo(target);
        }
        assertThat(backend.received()).allMatch(request -> request.header("x-role") == null);
    }

    @ParameterizedTest
    @DisplayName("PATH-20 raw controls and raw bytes above ASCII are 400 and a close")
    @ValueSource(
            strings = {
                "/identities/1\nX-Role: admin",
                "/identities/1\rX-Role: admin",
                "/identities/\u0000",
                "/identities/\u00ff",
                "/identities/%u000a",
                "/identities/\u00e2\u0080\u00a8",
            })
    void path20_rawControls(String target) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("GET " + target + " HTTP/1.1\r\nHost: gw\r\n" + authorization + "\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(400);
            assertThat(connection.isClosedByPeer()).isTrue();
        }
        assertThat(backend.count()).isZero();
    }

    @ParameterizedTest
    @DisplayName("UPS-15 a doubtful chunk is 400 and a close, and no second request comes out of it")
    @ValueSource(
            strings = {
                "5\nhello\r\n0\r\n\r\n",
                "2;\nxx\r\n0\r\n\r\n",
                "1;a=\"\r\n0\r\n\r\nGET /identities/9 HTTP/1.1\r\nHost: gw\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloworld\r\n0\r\n\r\nGET /identities/9 HTTP/1.1\r\nHost: gw\r\n\r\n",
            })
    void ups15_doubtfulChunks(String body) throws IOException {
        String head =
                "POST /identities HTTP/1.1\r\nHost: gw\r\n" + authorization + "Transfer-Encoding: chunked\r\n\r\n";
        for (boolean apart : new boolean[] {false, true}) {
            try (RawConnection connection = new RawConnection(gateway.port())) {
                connection.send(apart ? head + "3\r\nabc\r\n" : head + body);
                if (apart) {
                    await().until(() -> backend.openConnections() > 0);
                    connection.send(body);
                }
                assertThat(connection.readAnswer().status()).isEqualTo(400);
                assertThat(connection.isClosedByPeer()).isTrue();
            }
        }
        assertThat(backend.received()).isEmpty();
        await().until(() -> send("GET /after HTTP/1.1\r\nHost: gw\r\n" + authorization + "\r\n")
                        .status()
                == 200);
    }

    @Test
    @DisplayName("UPS-15 a missing last line end is waited for, not made up")
    void ups15_missingLastLineEnd() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.timeout(Duration.ofMillis(500));
            connection.send("POST /identities HTTP/1.1\r\nHost: gw\r\n" + authorization
                    + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
            assertThat(connection.isClosedByPeer()).isFalse();
            assertThat(backend.received()).isEmpty();
            connection.timeout(Duration.ofSeconds(10)).send("\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(200);
        }
        assertThat(backend.last().bodyLength()).isEqualTo(5);
    }

    @Test
    @DisplayName("UPS-01 a refused upload never becomes requests, whenever its body comes")
    void ups01_refusedUpload() throws IOException {
        String bad = "POST /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer x\r\n";
        String body = ("GET /identities/9 HTTP/1.1\r\nHost: gw\r\n" + authorization + "\r\n").repeat(2_000);
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(bad + "Content-Length: " + body.length() + "\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(401);
            try {
                connection.send(body);
            } catch (SocketException e) {
                // The gateway may stop reading.
            }
            assertThat(connection.isClosedByPeer()).isTrue();
        }
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(bad + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(connection.readAnswer().status()).isEqualTo(401);
        }
        assertThat(backend.received()).isEmpty();
    }

    @Test
    void pipelinedRequestsReachTheBackendInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            String refused = "GET /no HTTP/1.1\r\nHost: gw\r\n\r\n";
            requests.append("POST /n/")
                    .append(i)
                    .append(" HTTP/1.1\r\nHost: gw\r\n")
                    .append(authorization);
            requests.append("Content-Length: 3\r\n\r\nabc").append(refused);
        }
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(connection.readAnswer().status()).isEqualTo(200);
                assertThat(connection.readAnswer().status()).isEqualTo(401);
            }
        }
        List<String> targets = backend.received().stream()
                .map(RecordingBackend.Received::target)
                .toList();
        assertThat(targets).hasSize(50);
        assertThat(targets.get(49)).isEqualTo("/n/49");
    }

    @Test
    void publicVectorsNeverSmuggle() throws Exception {
        assumeTrue(!System.getProperty("test.vectors", "").isEmpty(), "needs -Dtest.vectors");
        List<Vector> vectors = WireVectors.all();
        List<List<Integer>> statuses = exchangeSideBySide(vectors);
        Map<String, Long> reached = backend.received().stream()
                .collect(Collectors.groupingBy(
                        request -> String.join(",", request.headers(MARK)), Collectors.counting()));
        List<String> wrong = new ArrayList<>();
        int invalid = 0;
        int passed = 0;
        for (int i = 0; i < vectors.size(); i++) {
            Vector vector = vectors.get(i);
            long requests = Optional.ofNullable(reached.remove(mark(i))).orElse(0L);
            boolean strict = vector.name().startsWith("gunicorn") && !vector.valid();
            if (requests > (strict ? 0 : vector.messages())
                    || statuses.get(i).stream().anyMatch(status -> status >= 500)) {
                wrong.add(vector.name() + " reached " + requests + " " + statuses.get(i));
            }
            invalid += vector.valid() ? 0 : 1;
            passed += vector.valid() && requests > 0 ? 1 : 0;
        }
        System.out.printf(
                "wire vectors through the gateway: %d invalid, none reached the backend as a request; %d valid, %d passed%n",
                invalid, vectors.size() - invalid, passed);
        assertThat(wrong).isEmpty();
        assertThat(reached).as("requests that no vector began with").isEmpty();
        assertThat(passed).isGreaterThan(60);
    }

    /** Side by side, because a connection that is kept is only known by its silence. */
    private static List<List<Integer>> exchangeSideBySide(List<Vector> vectors) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try {
            List<Callable<List<Integer>>> exchanges = new ArrayList<>();
            for (int i = 0; i < vectors.size(); i++) {
                Vector vector = vectors.get(i);
                byte[] request = marked(vector.withHost(), authorization + MARK + ": " + mark(i) + "\r\n");
                exchanges.add(() -> exchange(request, vector.valid() ? 1 : 0));
            }
            List<List<Integer>> statuses = new ArrayList<>();
            for (Future<List<Integer>> exchange : threads.invokeAll(exchanges)) {
                statuses.add(exchange.get());
            }
            return statuses;
        } finally {
            threads.shutdownNow();
        }
    }

    private static String mark(int vector) {
        return "v" + vector;
    }

    private static byte[] marked(Vector vector, String fields) {
        String text = new String(vector.bytes(), ISO_8859_1);
        Matcher line = Pattern.compile("(?:\r\n)*[^\r\n]* HTTP/1\\.[01]\r\n").matcher(text);
        String sent = line.lookingAt() ? text.substring(0, line.end()) + fields + text.substring(line.end()) : text;
        return sent.getBytes(ISO_8859_1);
    }

    /** What comes back until the gateway closes or, once {@code due} answers are there, is silent for a while. */
    private static List<Integer> exchange(byte[] request, int due) throws IOException {
        StringBuilder read = new StringBuilder();
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.timeout(due == 0 ? SILENCE : PATIENCE);
            connection.send(request);
            InputStream in = connection.socket().getInputStream();
            byte[] buffer = new byte[8_192];
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                read.append(new String(buffer, 0, length, ISO_8859_1));
                if (statuses(read).size() >= due) {
                    connection.timeout(SILENCE);
                }
            }
        } catch (SocketTimeoutException | SocketException e) {
            // Kept alive, or cut after the answer.
        }
        return statuses(read);
    }

    private static List<Integer> statuses(CharSequence read) {
        return STATUS.matcher(read)
                .results()
                .map(status -> Integer.valueOf(status.group(1)))
                .toList();
    }

    private static Answer send(String request) throws IOException {
        return RawConnection.exchange(gateway.port(), request);
    }
}
