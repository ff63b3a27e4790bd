package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.NameResolverProvider;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HttpCredentialCheckTest extends CredentialCheckContract {

    private static final JsonMapper JSON = new JsonMapper();
    private static final StatusCodes CODES = new StatusCodes(Set.of(200, 204), Set.of(400, 401, 403));
    private static final SubjectMapping MAPPING = new SubjectMapping(
            JsonPointer.compile("/username"),
            JsonPointer.compile("/account/roles"),
            Map.of("tenant", JsonPointer.compile("/account/tenant")));

    private final RecordingBackend service = new RecordingBackend();
    private CheckHttpClient client;
    private HttpCredentialCheck check;

    @BeforeEach
    void open() {
        service.respond(HttpCredentialCheckTest::answer);
        open(service.uri().resolve("/login?tenant=t1"), Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Override
    CredentialCheck check() {
        return check;
    }

    @Test
    void nameOfTheServiceIsBelievedForTenSecondsAtMost() {
        HttpClient transport = CheckHttpClient.transport(Duration.ofSeconds(1));

        assertThat(transport.configuration().getNameResolverProvider())
                .returns(Duration.ofSeconds(10), NameResolverProvider::cacheMaxTimeToLive);
    }

    @Test
    void aProxyOfTheJvmIsAskedForTheWay() {
        AtomicReference<String> asked = new AtomicReference<>();
        service.handleConnections(socket -> {
            asked.set(new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine());
            socket.getOutputStream().write("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
        });
        System.setProperty("https.proxyHost", "127.0.0.1");
        System.setProperty("https.proxyPort", String.valueOf(service.port()));
        try {
            open(URI.create("https://idp.invalid/login"), Duration.ofSeconds(10));
        } finally {
            System.clearProperty("https.proxyHost");
            System.clearProperty("https.proxyPort");
        }

        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));

        assertThat(asked).hasValue("CONNECT idp.invalid:443 HTTP/1.1");
        assertThat(failure.kind()).isEqualTo(Kind.NO_ANSWER);
        assertThat(failure).hasMessageContaining("proxy").hasMessageNotContaining("wonderland");
    }

    @Test
    void postsUsernameAndPasswordAsJson() throws IOException {
        ask("alice", "wonderland");
        RecordingBackend.Received request = service.last();
        assertThat(request.requestLine()).isEqualTo("POST /login?tenant=t1 HTTP/1.1");
        assertThat(request.headers("content-type")).containsExactly("application/json");
        assertThat(request.headers("authorization")).isEmpty();
        assertThat(JSON.readTree(request.bodyStart()))
                .isEqualTo(JSON.readTree("{\"username\":\"alice\",\"password\":\"wonderland\"}"));
    }

    @Test
    void anEmptyAnswerApprovesTheTypedName() {
        respond("204 No Content", "X-A: b", "");
        assertThat(ask("Alice", "wonderland").orElseThrow().name()).isEqualTo("Alice");
    }

    @Test
    void theReturnedNameRolesAndClaimsCount() {
        respondJson("{\"username\":\"alice\",\"account\":{\"roles\":[\"admin\",\"a,b\"],\"tenant\":{\"id\":7}}}");
        var subject = ask("ALICE", "wonderland").orElseThrow();
        assertThat(subject.name()).isEqualTo("alice");
        assertThat(subject.roles()).containsExactly("admin", "a,b");
        assertThat(subject.claims()).isEqualTo(Map.of("tenant", Map.of("id", 7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " alice", "alice ", "al\\u0000ice", "al\\u0007ice"})
    void aReturnedNameThatNobodyCanHaveIsRefused(String name) {
        respondJson("{\"username\":\"" + name + "\"}");
        assertThat(ask("alice", "wonderland")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"username\":1}",
                "{\"username\":[\"alice\"]}",
                "{\"account\":{\"roles\":{\"a\":1}}}",
                "{\"account\":{\"roles\":[1]}}",
                "{\"account\":{\"roles\":[\"ad\\nmin\"]}}",
                "{\"account\":{\"roles\":\"admin\\ud800\"}}",
                "{\"account\":{\"tenant\":\"\\udc00\"}}",
                "{\"account\":{\"tenant\":[1e400]}}",
                "{\"username\":\"alice\",\"username\":\"bob\"}",
                "{\"username\":\"alice\"} trailing",
                "[]",
                "true",
                "false",
                "null",
                "\"alice\"",
                "{",
                "<html>"
            })
    void anApprovalInAnotherShapeIsUnclear(String body) {
        respondJson(body);
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void log12_refusalCodesMeanNo(int status) {
        respond(status + " No", "Content-Type: text/html", "<html>no</html>");
        assertThat(ask("alice", "wonderland")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {201, 202, 206, 301, 302, 303, 307, 308, 404, 405, 409, 418, 422, 423, 429, 500, 501, 502, 503, 504})
    void log12_everyOtherCodeIsUnclear(int status) {
        respond(status + " Whatever", "Location: " + service.uri() + "/elsewhere", "");
        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));
        assertThat(failure.timedOut()).isFalse();
        assertThat(failure).hasMessageContaining(String.valueOf(status));
        assertThat(service.count())
                .as("no redirect followed, nothing sent twice")
                .isEqualTo(1);
    }

    /** A check may say it of one user: whoever guesses at that one must not open the circuit for all. */
    @Test
    void log12_tooManyRequestsAreAnAnswerAndNoMissingOne() {
        respond("429 Slow down", "Retry-After: 9", "");
        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));
        assertThat(failure.kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(9));
    }

    @Test
    void log12_retryAfterOfTheServiceIsPassedOn() {
        respond("503 Busy", "Retry-After: 17", "");
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).retryAfter())
                .contains(Duration.ofSeconds(17));
    }

    @Test
    void log12_htmlWithStatus200IsNoApproval() {
        respond("200 OK", "Content-Type: text/html", "<html>Maintenance</html>");
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void log12_aRefusedConnectionIsUnavailable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        open(URI.create("http://127.0.0.1:" + free), Duration.ofSeconds(10));
        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));
        assertThat(failure.kind()).isEqualTo(Kind.NO_ANSWER);
        assertThat(failure).hasMessageContaining("connection refused").hasMessageNotContaining("wonderland");
    }

    @Test
    void log12_anUnknownHostIsUnavailable() {
        open(URI.create("http://nowhere.invalid/login"), Duration.ofSeconds(10));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isIn(Kind.NO_ANSWER, Kind.TIMED_OUT);
    }

    @Test
    void log12_aTlsErrorIsUnavailable() {
        open(URI.create("https://127.0.0.1:" + service.port()), Duration.ofSeconds(10));
        service.handleConnections(socket -> socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8)));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.NO_ANSWER);
    }

    @Test
    void log12_aServiceThatHangsTimesOut() {
        CountDownLatch done = new CountDownLatch(1);
        service.respond((request, out) -> awaitQuietly(done));
        open(service.uri(), Duration.ofMillis(100));
        CredentialCheckUnavailableException failure = failure(check.check(new Credentials("alice", "wonderland")));
        done.countDown();
        assertThat(failure.timedOut()).isTrue();
    }

    @Test
    void log12_aServiceThatDripsItsAnswerTimesOut() {
        CountDownLatch done = new CountDownLatch(1);
        service.respond((request, out) -> {
            out.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{".getBytes(UTF_8));
            out.flush();
            awaitQuietly(done);
        });
        open(service.uri(), Duration.ofMillis(100));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).timedOut())
                .isTrue();
        done.countDown();
    }

    @Test
    void log12_aConnectionCutInsideTheAnswerIsUnavailable() {
        service.handleConnections(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".getBytes(UTF_8));
        });
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.NO_ANSWER);
        assertThat(service.acceptedConnections()).as("nothing is sent twice").isEqualTo(1);
    }

    /** The late answer about alice must not become the one about mallory. */
    @Test
    void log12_anAnswerBehindTheAnswerApprovesNobodyElse() {
        String refusal = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";
        service.handleConnections(socket -> {
            readQuestion(socket);
            socket.getOutputStream().write(refusal.getBytes(UTF_8));
            readQuestion(socket);
            socket.getOutputStream().write(RecordingBackend.ok("{\"username\":\"admin\"}"));
        });
        assertThat(ask("alice", "wonderland")).isEmpty();
        assertThat(ask("mallory", "guess")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"100 Continue", "102 Processing", "103 Early Hints\r\nLink: </a>", "103 A\r\n\r\nHTTP/1.1 102 B"
            })
    void log12_interimAnswersArePassedOver(String interim) {
        service.respond((request, out) -> {
            out.write(("HTTP/1.1 " + interim + "\r\n\r\n").getBytes(UTF_8));
            out.flush();
            answer(request, out);
        });
        assertThat(ask("alice", "wonderland").orElseThrow().name()).isEqualTo("alice");
        assertThat(ask("alice", "guess")).isEmpty();
    }

    @Test
    void log12_anUnaskedUpgradeIsUnclear() {
        respond("101 Switching Protocols", "Upgrade: x", "");
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void log12_anEndlessAnswerIsNotRead() {
        service.respond((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":\"".getBytes(UTF_8));
            byte[] block = "x".repeat(10_000).getBytes(UTF_8);
            while (true) {
                out.write(block);
            }
        });
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void anAnswerMayComeInGzipButCountsByItsWholeSize() throws IOException {
        respondInGzip("200 OK", "{\"username\":\"al\"}");
        assertThat(ask("alice", "wonderland").orElseThrow().name()).isEqualTo("al");
        respondInGzip("401 No", "<html>no</html>");
        assertThat(ask("alice", "wonderland")).isEmpty();
        respondInGzip("200 OK", "{\"username\":\"al\"" + " ".repeat(5_000_000) + "}");
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void log20_anOutageIsNotRemembered() {
        respond("503 Down", "X-A: b", "");
        failure(check.check(new Credentials("alice", "wonderland")));
        service.respond(HttpCredentialCheckTest::answer);
        assertThat(ask("alice", "wonderland")).isPresent();
        respond("401 No", "X-A: b", "");
        assertThat(ask("alice", "wonderland"))
                .as("an approval is not remembered either")
                .isEmpty();
    }

    @Test
    void cannotBeAskedWithoutThePassword() {
        assertThat(check.recheck(Subject.named("alice"))).isNull();
    }

    @Test
    void theStatusCallSaysWhetherTheAccountIsStillThere() {
        HttpStatusCall call = new HttpStatusCall(
                service.uri() + "/accounts/{username}",
                Map.of(),
                new StatusCodes(Set.of(200, 204), Set.of(404)),
                MAPPING);
        check = new HttpCredentialCheck(client, new JsonStyle(service.uri(), HttpMethod.POST, CODES, MAPPING), call);
        var alice = new Subject("alice b/ü", List.of("old"), Map.of("tenant", "t1"));
        respondJson("{\"account\":{\"roles\":[\"new\"]}}");
        assertThat(answerOf(check.recheck(alice)).orElseThrow().roles()).containsExactly("new");
        assertThat(service.last().requestLine()).isEqualTo("GET /accounts/alice%20b%2F%C3%BC HTTP/1.1");
        respond("204 Still there", "X-A: b", "");
        assertThat(answerOf(check.recheck(alice)))
                .as("nothing is said of roles")
                .contains(alice);
        respondJson("{}");
        assertThat(answerOf(check.recheck(alice)).orElseThrow().roles()).isEmpty();
        respond("404 Gone", "X-A: b", "");
        assertThat(answerOf(check.recheck(alice))).isEmpty();
        respondJson("{\"username\":\"somebody else\"}");
        assertThat(answerOf(check.recheck(alice))).isEmpty();
        respond("401 Who are you", "X-A: b", "");
        assertThat(failure(check.recheck(alice)).kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    private void open(URI uri, Duration timeout) {
        client = new CheckHttpClient(timeout, timeout);
        check = new HttpCredentialCheck(client, new JsonStyle(uri, HttpMethod.POST, CODES, MAPPING), null);
    }

    private void respondJson(String body) {
        respond("200 OK", "Content-Type: application/json;charset=utf-8", body);
    }

    private void respond(String status, String headers, String body) {
        service.respond((request, out) -> out.write(RecordingBackend.answer(status, headers, body)));
    }

    private void respondInGzip(String status, String body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(body.getBytes(UTF_8));
        }
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                + "Content-Length: " + packed.size() + "\r\n\r\n";
        service.respond((request, out) -> {
            out.write(head.getBytes(UTF_8));
            out.write(packed.toByteArray());
        });
    }

    private static void answer(RecordingBackend.Received request, OutputStream out) throws IOException {
        JsonNode body = JSON.readTree(request.bodyStart());
        Credentials asked = new Credentials(
                body.get("username").stringValue(), body.get("password").stringValue());
        boolean right = asked.equals(new Credentials("alice", "wonderland")) || TEXTS.contains(asked);
        out.write(
                RecordingBackend.answer(right ? "200 OK" : "401 Unauthorized", "Content-Type: application/json", "{}"));
    }

    /** Up to the end of the JSON object that is asked; to the end of the connection where nothing more is asked. */
    private static void readQuestion(Socket socket) throws IOException {
        int read;
        do {
            read = socket.getInputStream().read();
        } while (read >= 0 && read != '}');
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
