package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;
import tools.jackson.databind.json.JsonMapper;

/** Logging in against real checks, and how often one may try. */
class LoginIT {

    @TempDir
    Path folder;

    @Test
    @DisplayName("LOG-06 no header and no spelling of the name gets around the limit")
    void log06_headersAndSpellingsDoNotHelp() throws IOException {
        try (RecordingBackend check = refusing();
                RunningGateway gateway =
                        http(check, "identities.credentials.throttle.user-and-network.first-wait=5m")) {
            List<Integer> statuses = new ArrayList<>();
            Answer last = null;
            for (int i = 0; i < 50; i++) {
                String name = (i % 2 == 0 ? "alice" : "ALICE") + " ".repeat(i % 3);
                last = login(
                        gateway,
                        name,
                        "wrong" + i,
                        "X-Forwarded-For: 203.0.113." + i,
                        "X-Real-IP: 203.0.113." + i,
                        "Forwarded: for=203.0.113." + i);
                statuses.add(last.status());
            }
            assertThat(statuses.subList(0, 5)).containsOnly(400);
            assertThat(statuses.subList(5, 50)).containsOnly(429);
            assertThat(check.count()).isEqualTo(5);
            assertThat(last.header("retry-after")).matches("[1-9][0-9]*");
            assertThat(last.header("cache-control")).isEqualTo("no-store");
            assertThat(last.text()).contains("\"code\":\"too_many_attempts\"");
            for (int i = 0; i < 5; i++) {
                assertThat(login(gateway, "nobody", "wrong").status()).isEqualTo(400);
            }
            Answer unknown = login(gateway, "nobody", "wrong");
            assertThat(unknown.status()).isEqualTo(429);
            assertThat(unknown.body()).isEqualTo(last.body());
            assertThat(names(unknown)).isEqualTo(names(last));
        }
    }

    @Test
    void onlyFailuresCountEvenInParallel() {
        try (RecordingBackend check = new RecordingBackend();
                RunningGateway gateway = http(check)) {
            check.respond((request, out) -> out.write(RecordingBackend.ok("{}")));
            List<CompletableFuture<Answer>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return login(gateway, "alice", "wonderland");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
            }
            assertThat(all).allSatisfy(one -> assertThat(one.join().status()).isEqualTo(200));
        }
    }

    @Test
    @DisplayName("LOG-12 401 and 403 of the check are 400, everything else is 503 or 504 and never 400")
    void log12_outagesAreNoWrongPasswords() throws IOException {
        try (RecordingBackend check = new RecordingBackend();
                RunningGateway gateway = http(
                        check,
                        "identities.credentials.http.timeout=500ms",
                        "identities.credentials.circuit-breaker.window=1000",
                        "identities.credentials.throttle.enabled=false")) {
            for (String refusal : List.of("400 Bad Request", "401 Unauthorized", "403 Forbidden")) {
                check.respond((request, out) -> out.write(RecordingBackend.answer(refusal, "X-A: b", "")));
                assertThat(login(gateway, "alice", "wonderland").status()).isEqualTo(400);
            }
            for (String outage : List.of(
                    "302 Found", "404 Not Found", "429 Slow Down", "500 Oops", "502 Bad", "503 Busy", "504 Late")) {
                check.respond((request, out) ->
                        out.write(RecordingBackend.answer(outage, "Retry-After: 9\r\nLocation: /", "")));
                Answer answer = login(gateway, "alice", "wonderland");
                assertThat(answer.status()).as(outage).isEqualTo(503);
                assertThat(answer.header("retry-after")).isEqualTo("9");
            }
            check.respond((request, out) -> out.write(
                    RecordingBackend.answer("200 OK", "Content-Type: text/html", "<html>Maintenance</html>")));
            assertUnavailable(login(gateway, "alice", "wonderland"), 503);
            check.handleConnections(socket -> {});
            assertUnavailable(login(gateway, "alice", "wonderland"), 503);
            // Silence until the gateway gives up and closes.
            check.handleConnections(socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
            assertUnavailable(login(gateway, "alice", "wonderland"), 504);
            check.handleConnections(null);
            check.respond((request, out) -> out.write(RecordingBackend.ok("{}")));
            assertThat(login(gateway, "alice", "wonderland").status())
                    .as("LOG-20 an outage is not remembered")
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("LOG-20, CAC-05 the first right login after an outage is 200, and a changed password counts at once")
    void log20_cac05_nothingIsRemembered() throws IOException {
        try (RecordingBackend check = new RecordingBackend();
                RunningGateway gateway = http(check)) {
            AtomicReference<String> right = new AtomicReference<>("wonderland");
            RecordingBackend.Responder answers = (request, out) -> out.write(RecordingBackend.answer(
                    request.bodyStart().contains('"' + right.get() + '"') ? "204 Yes" : "401 No", "X-A: b", ""));
            check.respond(answers);
            assertThat(login(gateway, "alice", "wonderland").status()).isEqualTo(200);
            check.respond((request, out) -> {
                throw new IOException("cut");
            });
            for (int i = 0; i < 40; i++) {
                assertUnavailable(login(gateway, "alice", "wonderland"), 503);
            }
            check.respond(answers);
            assertThat(login(gateway, "alice", "wonderland").status()).isEqualTo(200);
            right.set("changed");
            assertThat(login(gateway, "alice", "wonderland").status()).isEqualTo(400);
            assertThat(login(gateway, "alice", "changed").status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("LOG-12 a check that is not there is 503, and liveness does not mind")
    void log12_nobodyListens() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        for (String uri : List.of("http://127.0.0.1:" + free, "http://nowhere.invalid/login")) {
            try (RunningGateway gateway = RunningGateway.with(
                            "identities.mode=companion",
                            "identities.credentials.check=http",
                            "identities.credentials.http.uri=" + uri)
                    .start()) {
                assertThat(login(gateway, "alice", "wonderland").status()).isIn(503, 504);
            }
        }
    }

    @Test
    @DisplayName("LOG-03, LOG-14, LOG-19 an htpasswd file: long passwords, all scripts, a swapped symbolic link")
    void log03_log14_log19_htpasswd() throws IOException {
        Map<String, String> users = Map.of(
                "alice", "a".repeat(72),
                "dora", "€".repeat(24),
                "søren", "SØREN",
                "パス", "パスワード",
                "grin", "\uD83D\uDE00",
                "\u00e9lise", "caf\u00e9",
                "e\u0301lise", "cafe\u0301",
                "blanks", "  a:b  ");
        Path first = Files.createDirectory(folder.resolve("..ts1"));
        Path second = Files.createDirectory(folder.resolve("..ts2"));
        StringBuilder lines = new StringBuilder();
        users.forEach((name, password) -> lines.append(line(name, password)));
        Files.writeString(first.resolve("htpasswd"), lines);
        Files.writeString(second.resolve("htpasswd"), line("alice", "new"));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..ts1"));
        Path file = Files.createSymbolicLink(folder.resolve("htpasswd"), Path.of("..data/htpasswd"));
        try (RunningGateway gateway = RunningGateway.with(
                        "identities.mode=companion",
                        "identities.credentials.check=htpasswd",
                        "identities.credentials.htpasswd.file=" + file,
                        "identities.credentials.htpasswd.reload-interval=50ms",
                        "identities.credentials.throttle.enabled=false")
                .start()) {
            for (Map.Entry<String, String> user : users.entrySet()) {
                assertThat(login(gateway, user.getKey(), user.getValue()).status())
                        .as(user.getKey())
                        .isEqualTo(200);
                assertThat(login(gateway, user.getKey(), user.getValue() + "X").status())
                        .isEqualTo(400);
            }
            assertThat(login(gateway, "\u00e9lise", "cafe\u0301").status()).isEqualTo(400);
            String alice = token(login(gateway, "alice", users.get("alice")));
            String grin = token(login(gateway, "grin", users.get("grin")));
            Path swap = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..ts2"));
            Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
            await().until(() -> login(gateway, "alice", "new").status() == 200);
            assertThat(login(gateway, "alice", users.get("alice")).status()).isEqualTo(400);
            assertThat(renew(gateway, alice)).as("a changed password").isEqualTo(200);
            assertThat(renew(gateway, grin)).as("LOG-09 taken out of the file").isEqualTo(401);
        }
    }

    private static void assertUnavailable(Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("retry-after")).isNotNull();
    }

    private static RecordingBackend refusing() {
        RecordingBackend check = new RecordingBackend();
        check.respond((request, out) -> out.write(RecordingBackend.answer("401 Unauthorized", "X-A: b", "")));
        return check;
    }

    private static RunningGateway http(RecordingBackend check, String... settings) {
        return RunningGateway.with(
                        "identities.mode=companion",
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=" + check.uri() + "/login")
                .settings(settings)
                .start();
    }

    private static String line(String name, String password) {
        return name + ":" + BCrypt.hashpw(password.getBytes(UTF_8), BCrypt.gensalt("$2y", 4)) + "\n";
    }

    private static int renew(RunningGateway gateway, String token) throws IOException {
        return RawConnection.exchange(
                        gateway.port(),
                        "GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                .status();
    }

    private static String token(Answer login) {
        return login.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    }

    private static List<String> names(Answer answer) {
        return answer.headers().stream()
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }

    private static Answer login(RunningGateway gateway, String username, String password, String... headers)
            throws IOException {
        byte[] body = new JsonMapper().writeValueAsBytes(Map.of("username", username, "password", password));
        StringBuilder head = new StringBuilder(
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Connection: close\r\nContent-Length: ").append(body.length).append("\r\n\r\n");
        try (RawConnection connection = new RawConnection(gateway.port())) {
            return connection
                    .send(head.toString().getBytes(ISO_8859_1))
                    .send(body)
                    .readAnswer();
        }
    }
}
