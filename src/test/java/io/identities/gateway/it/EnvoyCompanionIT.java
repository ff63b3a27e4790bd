package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.Subject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * A caller that speaks as Envoy's HTTP ext_authz does: the client's method, the client's path below the configured one,
 * and of the headers only the listed ones, {@code Host} and {@code Content-Length: 0}.
 */
class EnvoyCompanionIT {

    private static final String LOGIN = "{\"username\":\"alice\",\"password\":\"in Wonderland\"}";

    private static RunningGateway gateway;
    private static String token;

    @BeforeAll
    static void start() throws IOException {
        gateway = gateway("identities.forward-auth.trusted-proxies=127.0.0.1/32");
        Answer login = RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: "
                        + LOGIN.length() + "\r\n\r\n" + LOGIN);
        token = login.text().replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE", "PATCH", "PUT", "OPTIONS", "HEAD", "PROPFIND", "TRACE", "PURGE"})
    @DisplayName("PATH-22 every method below forward-auth is answered 200 with a token and 401 without")
    void path22_everyMethod(String method) throws IOException {
        assertThat(ask(method, "/identities/1?x=1", bearer()).status()).isEqualTo(200);
        assertThat(ask(method, "/identities/1?x=1", "").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/identities", "/identities/", "/a%2Fb", "/api/v1/authenticate/sso", "/?q", "//x"})
    @DisplayName("PATH-22 every suffix is answered 200 with a token and 401 without")
    void path22_everySuffix(String suffix) throws IOException {
        assertThat(ask("GET", suffix, bearer()).status()).isEqualTo(200);
        assertThat(ask("GET", suffix, "").status()).isEqualTo(401);
    }

    @Test
    void goodTokenIsAnsweredWithTheNameToCopy() throws IOException {
        Answer answer = ask("GET", "/identities/1", bearer());

        assertThat(answer.headers("X-Auth-Username")).containsExactly("alice");
        assertThat(answer.headers("X-Auth-Roles")).containsExactly("staff");
        assertThat(answer.header("Cache-Control")).contains("no-store");
    }

    @Test
    void badTokenIsAnsweredWithAChallenge() throws IOException {
        Answer answer = ask("POST", "/identities/1", "Authorization: Bearer a.b.c\r\n");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers("WWW-Authenticate"))
                .singleElement()
                .asString()
                .startsWith("Bearer ")
                .contains("error=\"invalid_token\"");
    }

    @Test
    void anonymousPassHasEmptyIdentityHeadersToOverwriteTheClients() throws IOException {
        Answer answer = ask("GET", "/public/page?x=1", "X-Auth-Username: mallory\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers("X-Auth-Username")).containsExactly("");
        assertThat(answer.headers("X-Auth-Roles")).containsExactly("");
        assertThat(answer.headers("X-Auth-Issuer")).containsExactly("");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /public/page, 401",
        "GET, /identities?/public/page, 401",
        "GET, /public/../identities/1, 403",
        "GET, /public/%2e%2e/identities/1, 403",
        "GET, /public;x/page, 401",
    })
    void almostAnAnonymousRequestIsNone(String method, String suffix, int expected) throws IOException {
        assertThat(ask(method, suffix, "").status()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Uri: /public/page\r\nX-Forwarded-Method: GET\r\n",
                "X-Original-URI: /public/page\r\nX-Original-Method: GET\r\n",
                "X-Original-URL: /public/page\r\nX-Original-Method: GET\r\n",
                "X-Envoy-Original-Path: /public/page\r\n"
            })
    void headersOfAnotherDialectOpenNothing(String smuggled) throws IOException {
        assertThat(ask("GET", "/identities/1", smuggled).status()).isEqualTo(401);
        assertThat(ask("GET", "/admin/keys", smuggled + bearer()).status()).isEqualTo(403);
    }

    @Test
    void callerThatIsNotTrustedGetsNoAnonymousPass() throws IOException {
        try (RunningGateway trustsNobody = gateway()) {
            Answer answer = RawConnection.exchange(
                    trustsNobody.port(), "GET /forward-auth/public/page HTTP/1.1\r\nHost: app\r\n\r\n");

            assertThat(answer.status()).isIn(401, 403);
        }
    }

    private static Answer ask(String method, String suffix, String listed) throws IOException {
        String request = method + " /forward-auth" + suffix + " HTTP/1.1\r\nHost: app.example\r\n" + listed
                + "Content-Length: 0\r\n\r\n";
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send(request.getBytes(ISO_8859_1));
            return method.equals("HEAD") ? headOf(connection) : connection.readAnswer();
        }
    }

    /** The answer to HEAD announces a body that does not come. */
    private static Answer headOf(RawConnection connection) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) connection.socket().getInputStream().read());
        }
        List<String> lines = head.toString().lines().toList();
        return new Answer(
                Integer.parseInt(lines.get(0).split(" ")[1]), lines.subList(1, lines.size() - 1), new byte[0]);
    }

    private static RunningGateway gateway(String... settings) {
        return RunningGateway.with(
                        "identities.mode=companion",
                        "identities.forward-auth.dialect=path",
                        "identities.access.rules[0].methods=GET",
                        "identities.access.rules[0].path=/public/**",
                        "identities.access.rules[0].allow=anonymous",
                        "identities.access.rules[1].path=/admin/**",
                        "identities.access.rules[1].allow.any-role=administrators")
                .settings(settings)
                .bean(
                        CredentialCheck.class,
                        () -> credentials -> Mono.just(Optional.of(new Subject("alice", List.of("staff"), Map.of()))))
                .start();
    }

    private static String bearer() {
        return "Authorization: Bearer " + token + "\r\n";
    }
}
