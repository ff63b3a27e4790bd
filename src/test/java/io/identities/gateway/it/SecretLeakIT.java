package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.SecretSearch;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole life of tokens, passwords and secrets, good and bad; then every log line, every answer of the management port
 * and every metric is searched for the values that were used. {@code SecretSearchTest} shows that a leak is found.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretLeakIT {

    private static final String PASSWORD = "wönder\"land &/+=42";
    private static final String WRONG = "looking-gläss/17+";
    private static final String OVERLONG = "overlong-tweedle-9".repeat(600);
    private static final String UNREADABLE = "jabberwock-in-a-broken-body";
    private static final String KEY = "hmac-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";
    private static final String BROKEN_KEY = "short-q7Zr-0fK";
    private static final String REDIS = "redis-Pw_5Ns8Ag41x";
    private static final String MANAGEMENT_WRONG = "wrong-management-7Zr0fK";
    private static final String IN_QUERY = "query-value-SECRET-88";

    @TempDir
    private Path folder;

    private final RecordingBackend backend = new RecordingBackend();
    private final RecordingBackend check = new RecordingBackend();
    private final JwksEndpoint jwks = JwksEndpoint.start();
    private final SecretSearch search = new SecretSearch()
            .secret("password", PASSWORD)
            .secret("wrong password", WRONG)
            .secret("over-long password", OVERLONG.substring(0, 18))
            .secret("password in a broken body", UNREADABLE)
            .secret("key", KEY)
            .secret("broken key", BROKEN_KEY)
            .secret("Redis password", REDIS)
            .secret("management token", Management.TOKEN)
            .secret("wrong management token", MANAGEMENT_WRONG);

    @AfterEach
    void stop() {
        jwks.close();
        check.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"logging.level.io.identities=TRACE", "logging.level.root=INFO", "logging.level.root=TRACE"})
    @DisplayName("OPS-05, OPS-06 no log line, no answer of the management port and no metric holds a secret")
    void ops05_ops06_aWholeLife(String level, CapturedOutput output) throws Exception {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.writeString(keys.resolve("k1.secret"), KEY);
        jwks.answer(TestKeys.jwkSet(
                TestKeys.jwk("f1", "RS256", TestKeys.rsa("issuer").getPublic())));
        try (RedisProcess redis = RedisProcess.start()) {
            redis.requirePassword(REDIS);
            try (RunningGateway gateway = RunningGateway.with(settings(keys, redis, level))
                            .without("identities.keys.secret")
                            .start();
                    LogCapture logs = LogCapture.ofEverything()) {
                await().until(() -> isReady(gateway));
                logIn(gateway);
                useTokens(gateway);
                stream(gateway);
                breakTheBackend(gateway);
                breakTheKeys(gateway, keys);
                operate(gateway);
                redis.stop();
                await().until(() -> logs.lines().stream().anyMatch(line -> line.contains("Redis is unavailable")));
                proxied(gateway, "GET /after", bearer(mint("r1")));

                assertThat(search.hits("the log", String.join("\n", logs.lines())))
                        .isEmpty();
                assertThat(search.hits("the console", output.getAll())).isEmpty();
                assertThat(answersOfManagement(gateway)).isEmpty();
                assertThat(logs.lines()).hasSizeGreaterThan(20);
            }
        }
    }

    @Test
    @DisplayName("OPS-06 a check of one's own that fails with the credentials in its words is not quoted")
    void ops06_talkativeCheck(CapturedOutput output) throws Exception {
        CredentialCheck talkative = credentials -> Mono.error(
                new IllegalStateException("cannot ask about " + credentials.username() + ":" + credentials.password()));
        try (RunningGateway gateway = RunningGateway.with(
                                "identities.backend.uri=" + backend.uri(), "logging.level.io.identities=TRACE")
                        .bean(CredentialCheck.class, () -> talkative)
                        .start();
                LogCapture logs = LogCapture.ofEverything()) {
            assertThat(authenticate(gateway, PASSWORD).status()).isEqualTo(503);

            assertThat(logs.lines()).anyMatch(line -> line.contains("could not tell"));
            assertThat(search.hits("the log", String.join("\n", logs.lines()))).isEmpty();
            assertThat(search.hits("the console", output.getAll())).isEmpty();
            assertThat(answersOfManagement(gateway)).isEmpty();
        }
    }

    @Test
    @DisplayName("OPS-06 client secret and bind password stay where they are when server and directory complain")
    void ops06_secretsOfTheChecks(CapturedOutput output) throws Exception {
        String client = "client-Sec_9xTbLc2/+";
        String bind = "bind-Pw_Lc2VhYd5/+";
        search.secret("client secret", client).secret("bind password", bind);
        check.respond((request, out) -> out.write(RecordingBackend.answer(
                "401 " + client,
                "Content-Type: application/json\r\nWWW-Authenticate: Basic realm=\"" + client + "\"",
                "{\"error\":\"invalid_client\",\"error_description\":\"" + client + " " + PASSWORD.length() + "\"}")));
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
        config.addAdditionalBindCredentials("cn=searcher", "another one");
        InMemoryDirectoryServer directory = new InMemoryDirectoryServer(config);
        directory.startListening();
        try (LogCapture logs = LogCapture.ofEverything()) {
            for (String[] settings : new String[][] {
                {
                    "identities.credentials.check=http",
                    "identities.credentials.http.style=oauth2-password",
                    "identities.credentials.http.uri=" + check.uri() + "/token",
                    "identities.credentials.http.client-id=gateway",
                    "identities.credentials.http.client-secret=" + client
                },
                {
                    "identities.credentials.check=ldap",
                    "identities.credentials.ldap.uris[0]=ldap://127.0.0.1:" + directory.getListenPort(),
                    "identities.credentials.ldap.bind-dn=cn=searcher",
                    "identities.credentials.ldap.bind-password=" + bind,
                    "identities.credentials.ldap.user-base=dc=example,dc=org",
                    "identities.credentials.ldap.user-filter=(uid={username})"
                }
            }) {
                try (RunningGateway gateway = RunningGateway.with(settings)
                        .settings("identities.backend.uri=" + backend.uri(), "logging.level.io.identities=TRACE")
                        .start()) {
                    assertThat(authenticate(gateway, PASSWORD).status()).isEqualTo(503);
                    assertThat(answersOfManagement(gateway)).isEmpty();
                }
            }
            assertThat(search.hits("the log", String.join("\n", logs.lines()))).isEmpty();
            assertThat(search.hits("the console", output.getAll())).isEmpty();
        } finally {
            directory.shutDown(true);
        }
    }

    private String[] settings(Path keys, RedisProcess redis, String level) throws IOException {
        return new String[] {
            "identities.backend.uri=" + backend.uri(),
            "identities.keys.directory=" + keys,
            "identities.keys.reload-interval=100ms",
            "identities.credentials.check=http",
            "identities.credentials.http.uri=" + check.uri() + "/login",
            "identities.credentials.http.timeout=1s",
            "identities.trusted-issuers[0].issuer=https://idp.example",
            "identities.trusted-issuers[0].name=kc",
            "identities.trusted-issuers[0].jwks-uri=" + jwks.uri(),
            "identities.access.rules[0].path=/public/**",
            "identities.access.rules[0].allow=anonymous",
            "identities.access.rules[1].path=/admin/**",
            "identities.access.rules[1].allow.any-role=admin",
            "identities.access-log.enabled=true",
            "identities.proxy.websocket-token-subprotocol=true",
            "identities.proxy.trusted-proxies[0]=127.0.0.0/8",
            "identities.forward-auth.trusted-proxies[0]=127.0.0.0/8",
            "identities.management.token-file=" + Management.tokenFile(folder),
            "identities.shared-state=redis",
            "spring.data.redis.url=redis://:" + REDIS + "@127.0.0.1:" + redis.port(),
            // Whatever an operator may switch on, but for the heap dump, which cannot keep a secret.
            "management.endpoints.access.default=read-only",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.heapdump.access=none",
            // This test's own client, in the same process.
            "logging.level.jdk.internal.httpclient=INFO",
            level
        };
    }

    private static boolean isReady(RunningGateway gateway) throws IOException {
        String probe = "GET /actuator/health/readiness HTTP/1.1\r\nHost: gw\r\n\r\n";
        return RawConnection.exchange(gateway.managementPort(), probe).status() == 200;
    }

    private void logIn(RunningGateway gateway) throws IOException {
        check.respond((request, out) -> out.write(RecordingBackend.ok("{\"username\":\"alice\"}")));
        Answer good = authenticate(gateway, PASSWORD);
        assertThat(good.status()).isEqualTo(200);
        String token = JsonMapper.shared().readTree(good.text()).path("token").asString();
        search.token("token of a login", token);
        Answer renewed = send(gateway, "GET /api/v1/renewToken", bearer(token));
        String young =
                JsonMapper.shared().readTree(renewed.text()).path("token").asString();
        search.token("renewed token", young);
        assertThat(proxied(gateway, "GET /identities", bearer(young))).isEqualTo(200);
        assertThat(send(gateway, "POST /api/v1/revokeToken", bearer(young) + "Content-Length: 0\r\n")
                        .status())
                .isEqualTo(204);
        for (String call : List.of("GET /identities", "GET /api/v1/renewToken", "POST /api/v1/revokeToken")) {
            assertThat(send(gateway, call, bearer(young) + "Content-Length: 0\r\n")
                            .status())
                    .isEqualTo(401);
        }
        check.respond((request, out) -> out.write(RecordingBackend.answer("401 No", "X: " + WRONG.length(), "")));
        assertThat(authenticate(gateway, WRONG).status()).isEqualTo(400);
        assertThat(authenticate(gateway, OVERLONG).status()).isEqualTo(413);
        assertThat(post(gateway, "application/json", "{\"username\":\"alice\",\"password\":\"" + UNREADABLE)
                        .status())
                .isEqualTo(400);
        assertThat(post(gateway, "text/plain", UNREADABLE).status()).isEqualTo(415);
        post(gateway, "application/json", "{\"username\":\"" + PASSWORD.replace("\"", "") + "\",\"password\":7}");
        for (String answer : List.of(
                "HTTP/1.1 500 " + ascii(PASSWORD) + "\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: /?password=" + ascii(PASSWORD) + "\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n" + ascii(PASSWORD),
                ascii(PASSWORD) + "\r\n\r\n")) {
            check.respond((request, out) -> {
                out.write(answer.getBytes(UTF_8));
                out.flush();
                throw new IOException("over");
            });
            assertThat(authenticate(gateway, PASSWORD).status()).isIn(503, 504);
        }
    }

    /** The ASCII part of a password: the rest cannot stand in a head. */
    private String ascii(String password) {
        String part = password.substring(2).replace("\"", "");
        search.secret("part of the password", part);
        return part;
    }

    private void useTokens(RunningGateway gateway) throws IOException {
        String good = mint("u1");
        String foreign = foreign();
        search.token("foreign token", foreign);
        assertThat(proxied(gateway, "GET /x", bearer(foreign))).isEqualTo(200);
        List<String> bad = new ArrayList<>(List.of(
                session("b1")
                        .signedWith("another-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8")
                        .mint(),
                session("b2").claim("exp", 1_000_000).mint(),
                session("b3").claim("iss", "https://nobody.example").mint(),
                session("b4").header("alg", "none").mint(),
                session("b5").header("kid", "nobody").mint(),
                session("b6").header("jku", "http://127.0.0.1:1/").mint(),
                session("b7").claim("unique_name", "a\nb").mint(),
                session("b8")
                        .rawClaims("{\"sub\":\"x\",\"sub\":\"y\",\"z\":\"" + IN_QUERY + "\"}")
                        .mint()));
        for (String token : bad) {
            search.token("bad token", token);
            assertThat(proxied(gateway, "GET /x", bearer(token))).isEqualTo(401);
        }
        search.secret("value in a query", IN_QUERY);
        String basic = "Basic " + Base64.getEncoder().encodeToString(("alice:" + PASSWORD).getBytes(UTF_8));
        for (String headers : List.of(
                "",
                "Authorization: " + basic + "\r\n",
                "Authorization: Bearer " + good + " x\r\n",
                "Authorization: Bearer\t" + good + "\r\n",
                "Authorization: " + good + "\r\n",
                bearer(good) + bearer(good),
                "Cookie: token=" + good + "\r\n")) {
            assertThat(proxied(gateway, "GET /x", headers)).isIn(400, 401);
        }
        for (String target : List.of(
                "/x?token=" + good,
                "/x?access_token=" + IN_QUERY,
                "/public/../" + good,
                "/x#" + good,
                "http://a.example/?token=" + good,
                "/x/%00" + good,
                "/API/v1/authenticate/?password=" + IN_QUERY)) {
            assertThat(proxied(gateway, "GET " + target, "")).isIn(400, 401, 404);
        }
        proxied(gateway, "GET /public/" + good + "?code=" + IN_QUERY, "");
        proxied(gateway, "GET /admin/x", bearer(good));
        proxied(gateway, "GET /x", bearer(session("b9").subject("n".repeat(600)).mint()));
        raw(gateway, "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + bearer(good) + "\r\n");
        raw(gateway, "GET /x HTTP/1.1\r\nHost: a\r\n" + bearer(good) + "X: " + good.repeat(60) + "\r\n\r\n");
        raw(gateway, good + "\r\n\r\n");
        forwardAuth(gateway, good);
    }

    private static void forwardAuth(RunningGateway gateway, String good) throws IOException {
        String original = "X-Forwarded-Method: GET\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n";
        send(gateway, "GET /forward-auth", original + "X-Forwarded-Uri: /x?token=" + good + "\r\n" + bearer(good));
        send(gateway, "GET /forward-auth", original + "X-Forwarded-Uri: /x?token=" + IN_QUERY + "\r\n");
        send(gateway, "GET /forward-auth", original + "X-Forwarded-Uri: /../" + good + "\r\n");
        send(gateway, "GET /forward-auth", bearer(good));
    }

    private void stream(RunningGateway gateway) throws IOException {
        String token = mint("s1");
        String handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        for (String answer : List.of("101 Switching Protocols", "403 Forbidden")) {
            backend.respond((request, out) -> out.write(("HTTP/1.1 " + answer + "\r\nConnection: Upgrade\r\n"
                            + "Upgrade: websocket\r\nContent-Length: 0\r\nSec-WebSocket-Accept: wrong\r\n\r\n")
                    .getBytes(UTF_8)));
            send(gateway, "GET /ws", handshake + "Sec-WebSocket-Protocol: bearer, " + token + "\r\n");
            send(gateway, "GET /ws", handshake + bearer(token));
            send(gateway, "GET /ws", handshake + "Sec-WebSocket-Protocol: bearer, " + token + ", " + token + "\r\n");
        }
        backend.respond((request, out) -> out.write(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n"
                        .getBytes(UTF_8)));
        backend.handleConnections(null);
        send(gateway, "GET /events", "Accept: text/event-stream\r\n" + bearer(token));
    }

    private void breakTheBackend(RunningGateway gateway) throws IOException {
        String token = mint("f1");
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + token,
                "HTTP/1.1 200 OK\r\nAuthorization Bearer " + token + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: Bearer " + token + "\r\n\r\n",
                "HTTP/1.1 Bearer " + token + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + token + "\r\n",
                "Bearer " + token + "\r\n\r\n")) {
            backend.respond((request, out) -> {
                out.write(answer.getBytes(UTF_8));
                out.flush();
                throw new IOException("over");
            });
            raw(
                    gateway,
                    "GET /f?token=" + token + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + bearer(token) + "\r\n");
        }
        backend.respond((request, out) -> out.write(RecordingBackend.answer("500 Oops", "X-Echo: " + token, token)));
        proxied(gateway, "GET /f", bearer(token));
        backend.handleConnections(Socket::close);
        proxied(gateway, "GET /f", bearer(token));
        backend.handleConnections(null);
        backend.reset();
    }

    private void breakTheKeys(RunningGateway gateway, Path keys) throws IOException {
        KeyRotation rotation = gateway.bean(KeyRotation.class);
        String pem = TestKeys.pem(TestKeys.ec("leak", "secp256r1").getPrivate());
        String der = pem.lines().skip(1).findFirst().orElseThrow();
        search.secret("private key", der);
        String jwk = "{\"kty\":\"oct\",\"k\":\"" + BROKEN_KEY + "\"}";
        for (String[] file : new String[][] {
            {"k2.secret", BROKEN_KEY},
            {"k2.secret", KEY + KEY + "\n" + pem},
            {"k2.pem", pem.replace("-----END PRIVATE KEY-----", "")},
            {"k2.pem", pem.replace(der, der.substring(1) + "!")},
            {"k2.jwk", jwk},
            {"k2.jwk", jwk.replace("}", "")},
            {"k1.secret", KEY + "x"}
        }) {
            Path path = keys.resolve(file[0]);
            byte[] before = Files.exists(path) ? Files.readAllBytes(path) : null;
            Files.writeString(path, file[1]);
            await().until(() -> !rotation.healthy());
            if (before == null) {
                Files.delete(path);
            } else {
                Files.write(path, before);
            }
            await().until(rotation::healthy);
        }
        Files.writeString(keys.resolve("k2.pem"), pem);
        await().until(() -> rotation.current().verifiers().all().size() == 2);
    }

    private void operate(RunningGateway gateway) {
        Management management = new Management(gateway);
        String token = mint("m1");
        management.post("/actuator/explain", "{\"token\":\"" + token + "\"}");
        management.post(
                "/actuator/explain",
                "{\"request\":\"GET /x?token=" + IN_QUERY + " HTTP/1.1\\nAuthorization: Bearer " + token + "\"}");
        management.post("/actuator/explain", "{\"token\":\"" + token.substring(1) + "\"}");
        management.post("/actuator/explain", "{\"token\":" + token);
        management.post("/actuator/revocations", "{\"jti\":\"" + token + "\"}");
        management.send(
                "POST",
                "/actuator/explain",
                "{}",
                "Content-Type",
                "application/json",
                "X-Management-Token",
                MANAGEMENT_WRONG);
        management.get("/actuator/health", "X-Management-Token", MANAGEMENT_WRONG);
        management.get("/actuator/" + token + "?token=" + IN_QUERY);
    }

    /** What any answer of the management port shows, with and without the management token. */
    private List<String> answersOfManagement(RunningGateway gateway) {
        Management management = new Management(gateway);
        List<String> hits = new ArrayList<>();
        Pattern link = Pattern.compile("\"href\":\"http://[^/]+(/[^\"{]*)\"");
        List<String> paths = new ArrayList<>();
        link.matcher(management.get("/actuator").body()).results().forEach(found -> paths.add(found.group(1)));
        Pattern.compile("\"([a-z.]+)\"")
                .matcher(management.get("/actuator/metrics").body())
                .results()
                .forEach(found -> paths.add("/actuator/metrics/" + found.group(1)));
        paths.addAll(List.of("/actuator/health/readiness", "/actuator/health/dependencies", "/nothing"));
        for (String path : paths) {
            hits.addAll(search.hits(path, management.get(path).body()));
        }
        String health = "/actuator/health";
        hits.addAll(search.hits(
                health,
                management.get(health, "X-Management-Token", Management.TOKEN).body()));
        assertThat(paths).contains("/actuator/prometheus", "/actuator/keys", "/actuator/metrics/identities.logins");
        return hits;
    }

    private Answer authenticate(RunningGateway gateway, String password) throws IOException {
        return post(
                gateway,
                "application/json",
                JsonMapper.shared().writeValueAsString(Map.of("username", "alice", "password", password)));
    }

    private static Answer post(RunningGateway gateway, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("POST /api/v1/authenticate HTTP/1.1\r\nHost: a.example\r\nContent-Type: " + type
                    + "\r\nContent-Length: " + bytes.length + "\r\n\r\n");
            OutputStream out = connection.socket().getOutputStream();
            out.write(bytes);
            out.flush();
            return connection.readAnswer();
        }
    }

    private static int proxied(RunningGateway gateway, String start, String headers) throws IOException {
        return send(gateway, start, headers).status();
    }

    private static Answer send(RunningGateway gateway, String start, String headers) throws IOException {
        String close = headers.contains("Upgrade") ? "" : "Connection: close\r\n";
        return RawConnection.exchange(
                gateway.port(), start + " HTTP/1.1\r\nHost: a.example\r\n" + close + headers + "\r\n");
    }

    /** Whatever comes back, even nothing; the gateway ends the connection. */
    private static void raw(RunningGateway gateway, String bytes) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(bytes);
            connection.socket().getInputStream().readAllBytes();
        } catch (SocketException e) {
            // Cut.
        }
    }

    private String mint(String session) {
        String token = session(session).mint();
        search.token("token", token);
        return token;
    }

    private static TestTokens session(String id) {
        return TestTokens.sessionToken(Instant.now(), id).header("kid", "k1").signedWith(KEY);
    }

    private static String foreign() {
        return TestTokens.token()
                .header("kid", "f1")
                .claim("iss", "https://idp.example")
                .signedWith("RS256", TestKeys.rsa("issuer").getPrivate())
                .mint();
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }
}
