package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.OpenApiDocument;
import io.identities.gateway.testing.OpenApiDocument.Operation;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Every documented answer of the endpoints that the gateway answers itself, provoked on running gateways. */
class OpenApiContractIT {

    private static final CountDownLatch OVER = new CountDownLatch(1);
    private static final String DOUBLED_HOST = "Host: b.example\r\n";
    private static final String OVERSIZED = "X-Fill: " + "a".repeat(20 * 1024) + "\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String OPERATOR = JSON + "X-Management-Token: " + Management.TOKEN + "\r\n";

    @TempDir
    private static Path folder;

    private static RecordingBackend upstream;
    private static JwksEndpoint issuer;
    private static RunningGateway secret;
    private static RunningGateway published;
    private static OpenApiDocument document;
    private static volatile boolean storeAway;

    @BeforeAll
    static void start() throws IOException {
        upstream = new RecordingBackend();
        upstream.respond((request, out) -> check(request.target() + " " + request.bodyStart(), out));
        issuer = JwksEndpoint.start().status(500);
        secret = RunningGateway.with("identities.backend.uri=" + upstream.uri())
                .settings(
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=" + upstream.uri().resolve("/check"),
                        "identities.credentials.http.status-uri=" + upstream.uri() + "/status/{username}",
                        "identities.credentials.http.timeout=500ms",
                        "identities.credentials.circuit-breaker.window=1000",
                        "identities.credentials.throttle.user-and-network.failures=1",
                        "identities.credentials.throttle.user-and-network.first-wait=10m",
                        "identities.trusted-issuers[0].issuer=https://idp.example",
                        "identities.trusted-issuers[0].name=idp",
                        "identities.trusted-issuers[0].jwks-uri=" + issuer.uri(),
                        "identities.trusted-issuers[0].audience=api",
                        "identities.forward-auth.trusted-proxies=127.0.0.1/32",
                        "identities.access.rules[0].path=/admin/**",
                        "identities.access.rules[0].allow.any-role=admin",
                        "identities.management.token-file=" + Management.tokenFile(folder))
                .bean(RevocationStore.class, Store::new)
                .start();
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.writeString(
                keys.resolve("k1.pem"),
                TestKeys.pem(TestKeys.ec("openapi", "secp256r1").getPrivate()));
        published = RunningGateway.with("identities.backend.uri=" + upstream.uri())
                .without("identities.keys.secret")
                .settings("identities.endpoints.authenticate.enabled=false", "identities.keys.directory=" + keys)
                .start();
        document = OpenApiDocument.ofYaml(
                new Management(secret).get("/openapi.yaml").body());
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        published.close();
        secret.close();
        issuer.close();
        upstream.close();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void answerIsAsDocumented(Scenario scenario) throws IOException {
        Operation operation = document.operation(scenario.operation());
        Answer answer = scenario.call().send(operation);

        assertThat(document.complaints(operation, scenario.status(), answer))
                .as("%s: %s\n%s", scenario, String.join("\n", answer.headers()), answer.text())
                .isEmpty();
    }

    @Test
    void everyDocumentedStatusHasAScenario() {
        Set<String> documented = document.operations().stream()
                .flatMap(operation -> operation.statuses().stream().map(status -> operation.id() + " " + status))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> provoked = scenarios().map(Scenario::toString).collect(Collectors.toCollection(TreeSet::new));

        assertThat(provoked).isEqualTo(documented);
    }

    @Test
    void anAnswerThatIsNotAsDocumentedIsNoticed() throws IOException {
        Operation operation = document.operation("renewToken");
        Answer answer = publicly(secret, "GET /api/v1/renewToken", "", "");

        assertThat(document.complaints(operation, "401", answer)).isEmpty();
        assertThat(document.complaints(operation, "200", answer)).hasSizeGreaterThan(1);
        assertThat(document.complaints(operation, "503", answer)).contains("status 401", "no Retry-After");
        Answer changed = new Answer(401, answer.headers(), "{\"status\":401}".getBytes(StandardCharsets.UTF_8));
        assertThat(document.complaints(operation, "401", changed)).isNotEmpty();
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(logins(), renewals(), revocations(), keySets(), forwardAuth(), management())
                .flatMap(stream -> stream);
    }

    private static Stream<Scenario> logins() {
        return Stream.of(
                login("200", "alice", "wonderland"),
                login("400", "bob", "wrong"),
                on("authenticate", "400", secret, JSON, "[]"),
                on("authenticate", "405", operation -> publicly(secret, "GET " + operation.path(), "", "")),
                on("authenticate", "413", secret, JSON, "{\"username\":\"" + "a".repeat(9000) + "\"}"),
                on("authenticate", "415", secret, "Content-Type: text/plain\r\n", "{}"),
                on("authenticate", "429", operation -> {
                    login("400", "carol", "wrong").call().send(operation);
                    return login("429", "carol", "wrong").call().send(operation);
                }),
                login("503", "dave", "outage"),
                login("504", "erin", "silence"),
                on("authenticate", "400", secret, JSON + DOUBLED_HOST, "{}"),
                on("authenticate", "default", secret, JSON + OVERSIZED, "{}"));
    }

    private static Stream<Scenario> renewals() {
        return Stream.of(
                on("renewToken", "200", secret, bearer(session("alice")), ""),
                on("renewToken", "401", secret, "", ""),
                on("renewToken", "401", secret, bearer("x.y.z"), ""),
                on("renewToken", "401", secret, bearer(session("gone")), ""),
                on("renewToken", "405", operation -> publicly(secret, "DELETE " + operation.path(), "", "")),
                on("renewToken", "503", secret, bearer(session("outage")), ""),
                on("renewToken", "503", secret, bearer(ofIssuerWithoutKeys()), ""),
                on("renewToken", "default", secret, OVERSIZED, ""));
    }

    private static Stream<Scenario> revocations() {
        return Stream.of(
                on("revokeToken", "204", secret, bearer(session("alice")), ""),
                on("revokeToken", "401", secret, "", ""),
                on("revokeToken", "405", operation -> publicly(secret, "GET " + operation.path(), "", "")),
                on("revokeToken", "503", whileStoreIsAway(secret, bearer(session("alice")), "")),
                on("revokeToken", "default", secret, DOUBLED_HOST, ""));
    }

    private static Stream<Scenario> keySets() {
        Stream<Scenario> read = Stream.of("jwks", "jwksHead")
                .flatMap(id -> Stream.of(
                        on(id, "200", published, "", ""),
                        on(id, "304", operation -> {
                            String etag = publicly(published, operation.toString(), "", "")
                                    .header("etag");
                            return publicly(published, operation.toString(), "If-None-Match: " + etag + "\r\n", "");
                        }),
                        on(id, "404", secret, "", ""),
                        on(id, "default", published, DOUBLED_HOST, "")));
        return Stream.concat(
                read,
                Stream.of(on("jwks", "405", operation -> publicly(published, "DELETE " + operation.path(), "", ""))));
    }

    private static Stream<Scenario> forwardAuth() {
        String open = "X-Forwarded-Method: GET\r\nX-Forwarded-Uri: /x\r\n";
        String admin = "X-Forwarded-Method: GET\r\nX-Forwarded-Uri: /admin/x\r\n";
        return document.operations().stream()
                .map(Operation::id)
                .filter(id -> id.startsWith("forwardAuth"))
                .flatMap(id -> Stream.of(
                        on(id, "200", secret, open + bearer(session("alice")), ""),
                        on(id, "401", secret, open, ""),
                        on(id, "403", secret, admin + bearer(session("alice")), ""),
                        on(id, "503", secret, open + bearer(ofIssuerWithoutKeys()), ""),
                        on(id, "default", secret, OVERSIZED, "")));
    }

    private static Stream<Scenario> management() {
        String wish = "{\"jti\":\"never-seen\"}";
        String question = "{\"request\":\"GET /x HTTP/1.1\\nAuthorization: Bearer " + session("alice") + "\"}";
        return Stream.of(
                        operator("revoke", "204", wish),
                        operator("revoke", "400", "{\"jti\":\"a\",\"sid\":\"b\"}"),
                        operator("revoke", "503", whileStoreIsAway(null, OPERATOR, wish)),
                        operator("explain", "200", question),
                        operator("explain", "200", "{\"token\":\"" + session("alice") + "\"}"),
                        operator("explain", "200", "{\"token\":\"nonsense\"}"),
                        operator("explain", "200", "{\"request\":\"GET /api/v1/renewToken HTTP/1.1\"}"),
                        operator(
                                "explain",
                                "200",
                                operation -> managed(
                                        secret,
                                        operation.toString(),
                                        OPERATOR + "Accept: application/json\r\n",
                                        question)),
                        operator("explain", "400", "{\"token\":"),
                        both("401", operation -> managed(secret, operation.toString(), JSON, wish)),
                        both("404", operation -> managed(published, operation.toString(), OPERATOR, wish)),
                        both("405", operation -> managed(secret, "DELETE " + operation.path(), OPERATOR, wish)),
                        both(
                                "415",
                                operation -> managed(
                                        secret,
                                        operation.toString(),
                                        "X-Management-Token: " + Management.TOKEN + "\r\nContent-Type: text/plain\r\n",
                                        wish)))
                .flatMap(scenario -> scenario);
    }

    private static Stream<Scenario> operator(String id, String status, String body) {
        return operator(id, status, operation -> managed(secret, operation.toString(), OPERATOR, body));
    }

    private static Stream<Scenario> operator(String id, String status, Call call) {
        return Stream.of(on(id, status, call));
    }

    private static Stream<Scenario> both(String status, Call call) {
        return Stream.of(on("revoke", status, call), on("explain", status, call));
    }

    private static Scenario login(String status, String username, String password) {
        String body = "{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}";
        return on("authenticate", status, secret, JSON, body);
    }

    private static Scenario on(String id, String status, RunningGateway gateway, String headers, String body) {
        return on(id, status, operation -> publicly(gateway, operation.toString(), headers, body));
    }

    private static Scenario on(String id, String status, Call call) {
        return new Scenario(id, status, call);
    }

    /** @param gateway null for the management port */
    private static Call whileStoreIsAway(RunningGateway gateway, String headers, String body) {
        return operation -> {
            storeAway = true;
            try {
                return gateway == null
                        ? managed(secret, operation.toString(), headers, body)
                        : publicly(gateway, operation.toString(), headers, body);
            } finally {
                storeAway = false;
            }
        };
    }

    private static Answer publicly(RunningGateway gateway, String line, String headers, String body)
            throws IOException {
        return send(gateway.port(), line, headers, body);
    }

    private static Answer managed(RunningGateway gateway, String line, String headers, String body) throws IOException {
        return send(gateway.managementPort(), line, headers, body);
    }

    private static Answer send(int port, String line, String headers, String body) throws IOException {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        return RawConnection.exchange(
                port,
                line.replace("{target}", "api/v1/people") + " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n"
                        + length + headers + "\r\n" + body);
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    private static String session(String username) {
        return TestTokens.sessionToken(Instant.now(), "session-of-" + username)
                .claim("unique_name", username)
                .claim("sub", username)
                .mint();
    }

    private static String ofIssuerWithoutKeys() {
        return TestTokens.token()
                .signedWith("RS256", TestKeys.rsa("openapi").getPrivate())
                .header("kid", "k1")
                .claim("iss", "https://idp.example")
                .claim("aud", "api")
                .mint();
    }

    private static void check(String request, OutputStream out) throws IOException {
        if (request.contains("silence")) {
            stayUntilOver();
            return;
        }
        String refusal = request.contains("outage") ? "500 Oops" : request.contains("gone") ? "404 Not Found" : "";
        if (request.contains("wrong")) {
            refusal = "401 Unauthorized";
        }
        out.write(refusal.isEmpty() ? RecordingBackend.ok("{}") : RecordingBackend.answer(refusal, "X-A: b", ""));
    }

    private static void stayUntilOver() {
        try {
            OVER.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Call {
        Answer send(Operation operation) throws IOException;
    }

    private record Scenario(String operation, String status, Call call) {
        @Override
        public String toString() {
            return operation + " " + status;
        }
    }

    /** A store that keeps nothing and does not confirm while it is away. */
    private static final class Store implements RevocationStore {

        @Override
        public Verdict verdict(AccessToken token) {
            return Verdict.GOOD;
        }

        @Override
        public Mono<Void> revoke(Revocation revocation) {
            return storeAway
                    ? Mono.error(new RevocationUnconfirmedException("away", new IOException("away")))
                    : Mono.empty();
        }

        @Override
        public AutoCloseable onRevocation(Consumer<Revocation> listener) {
            return () -> {};
        }

        @Override
        public Status status() {
            return new Status(true, true, 0, 0, 0);
        }
    }
}
