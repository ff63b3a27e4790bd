package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad tokens at every door of the whole application: proxied traffic, renewal, forward-auth. */
class TokenIT {

    private static final List<String> DOORS =
            List.of("GET /identities/1", "GET /api/v1/renewToken", "POST /api/v1/revokeToken", "GET /forward-auth/x");

    private static RecordingBackend backend;
    private static ServerSocket sink;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        backend = new RecordingBackend();
        sink = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.token.clock-skew=0s",
                "identities.forward-auth.dialect=path");
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        sink.close();
        backend.close();
    }

    @BeforeEach
    void reset() {
        backend.reset();
    }

    static Stream<String> refused() {
        String attackersKey =
                TestKeys.jwk("a", "RS256", TestKeys.rsa("attacker").getPublic());
        String link = "\"http://127.0.0.1:" + sink.getLocalPort() + "/jwks.json\"";
        Stream<String> none = Stream.of("\"none\"", "\"None\"", "\"nOnE\"", "\"\"", "null")
                .map(alg -> good().headerJson("alg", alg).mint());
        Stream<String> expiries = Stream.of(
                        "\"1999999999\"",
                        "\"never\"",
                        "0",
                        "-1",
                        "null",
                        "true",
                        "[1999999999]",
                        "{}",
                        "1e400",
                        "99999999999999999999999",
                        Long.toString(Instant.now().getEpochSecond() - 1))
                .map(exp -> good().claimJson("exp", exp).mint());
        Stream<String> headers = Stream.of(
                good().headerJson("crit", "[\"x-mfa\"]").header("x-mfa", true).mint(),
                good().headerJson("crit", "[]").mint(),
                good().header("alg", "HS384").mint(),
                good().header("zip", "DEF").mint(),
                good().header("typ", "at+jwt").mint(),
                good().header("kid", "../../etc/passwd").mint(),
                good().signedWith("RS256", TestKeys.rsa("attacker").getPrivate())
                        .headerJson("jwk", attackersKey)
                        .mint(),
                good().signedWith("RS256", TestKeys.rsa("attacker").getPrivate())
                        .headerJson("jku", link)
                        .mint(),
                good().signedWith("RS256", TestKeys.rsa("attacker").getPrivate())
                        .headerJson("x5u", link)
                        .mint());
        Stream<String> shapes = Stream.of(
                ".".repeat(7000),
                "a" + ".".repeat(7000) + "b",
                "a.b.c",
                "..",
                "eyJ.eyJ.",
                good().mint() + ".",
                "." + good().mint(),
                good().mint() + "=",
                good().rawHeader("null").mint(),
                good().rawClaims("[]").mint(),
                good().rawClaims("").mint(),
                good().mintWithPayload(new byte[] {(byte) 0xff, (byte) 0xfe}),
                good().withoutClaim("exp").mint(),
                good().claimJson("x", "[".repeat(4000)).mint(),
                good().signedWith("another secret of enough bytes 1234567890").mint(),
                TestTokens.base64(
                                "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2s\":\"AAAA\",\"p2c\":2147483647}")
                        + ".AA.AA.AA.AA");
        return Stream.of(none, expiries, headers, shapes).flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("TOK-01 to TOK-19 a bad token is 401 with a challenge at every door, and reaches nobody")
    void refused(String token) throws IOException {
        for (String door : DOORS) {
            Answer answer = ask(door, token);
            assertThat(answer.status()).as(door).isEqualTo(401);
            assertThat(answer.headers("www-authenticate")).as(door).hasSize(1);
            assertThat(answer.header("www-authenticate")).startsWith("Bearer ").contains("invalid_token");
            assertThat(answer.text()).doesNotContain(token.substring(0, Math.min(token.length(), 20)));
        }
        assertThat(backend.count()).isZero();
        assertThat(ask("GET /identities/1", good().mint()).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("TOK-06, TOK-21 fractions and a missing or small typ are good")
    void legalVariants() throws IOException {
        long now = Instant.now().getEpochSecond();
        for (String token : List.of(
                good().claimJson("exp", (now + 300) + ".75")
                        .claimJson("iat", now + ".25")
                        .mint(),
                good().header("typ", "JWT").mint(),
                good().header("typ", "jwt").mint())) {
            assertThat(ask("GET /identities/1", token).status()).isEqualTo(200);
        }
        assertThat(backend.count()).isEqualTo(3);
    }

    @Test
    @DisplayName("TOK-09 fifty nested bombs at once leave fifty good requests good")
    void tok09() throws Exception {
        String bomb = good().claimJson("x", "[".repeat(4000)).mint();
        String fine = good().mint();
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Integer>> all = IntStream.range(0, 100)
                    .mapToObj(i -> (Callable<Integer>)
                            () -> ask("GET /identities/1", i < 50 ? bomb : fine).status())
                    .toList();
            List<Integer> statuses = new ArrayList<>();
            for (var status : threads.invokeAll(all)) {
                statuses.add(status.get());
            }
            assertThat(statuses.subList(0, 50)).containsOnly(401);
            assertThat(statuses.subList(50, 100)).containsOnly(200);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    @DisplayName("TOK-17 nobody follows a link in a token")
    void tok17() throws IOException {
        String link = "\"http://127.0.0.1:" + sink.getLocalPort() + "/c.pem\"";
        for (String member : List.of("jku", "x5u")) {
            ask("GET /identities/1", good().headerJson(member, link).mint());
        }
        sink.setSoTimeout(100);
        Assertions.assertThatThrownBy(sink::accept).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    @DisplayName("TOK-24 a token of 7.5 KB reaches the backend whole")
    void tok24() throws IOException {
        String token = good().claim("pad", "x".repeat(5400)).mint();

        assertThat(ask("GET /identities/1", token).status()).isEqualTo(200);
        assertThat(backend.last().header("authorization")).isEqualTo("Bearer " + token);
    }

    @Test
    @DisplayName("LOG-08 fifty renewals at once are fifty good tokens, and the old one is still good")
    void log08() throws Exception {
        String token = TestTokens.sessionToken(Instant.now(), "0199-session").mint();
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Answer>> renewals = IntStream.range(0, 50)
                    .mapToObj(i -> (Callable<Answer>) () -> ask("GET /api/v1/renewToken", token))
                    .toList();
            for (var renewal : threads.invokeAll(renewals)) {
                Answer answer = renewal.get();
                assertThat(answer.status()).isEqualTo(200);
                String renewed = answer.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
                assertThat(ask("GET /identities/1", renewed).status()).isEqualTo(200);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(ask("GET /identities/1", token).status()).isEqualTo(200);
    }

    private static TestTokens good() {
        return TestTokens.token();
    }

    private static Answer ask(String door, String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                door
                        + " HTTP/1.1\r\nHost: gw.example\r\nContent-Length: 0\r\nConnection: close\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n");
    }
}
