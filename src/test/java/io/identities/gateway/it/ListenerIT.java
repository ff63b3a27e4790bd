package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The public port of the whole application: what the guards refuse, and CORS. */
class ListenerIT {

    private static final String APP = "https://app.example";

    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.cors.allowed-origins=" + APP,
                "identities.endpoints.authenticate.enabled=false");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @Test
    @DisplayName("PATH-23 what no URI may hold is a real 400, and the error can be read across origins")
    void path23_illegalTarget() throws IOException {
        for (String target :
                List.of("/^", "/{", "/}", "/\"", "/\\", "/|", "@evil.example/", "http://169.254.169.254/")) {
            Answer answer = exchange("GET " + target + " HTTP/1.1\r\nHost: gw\r\nOrigin: " + APP + "\r\n\r\n");
            assertThat(answer.status()).as(target).isEqualTo(400);
            assertThat(answer.headers("access-control-allow-origin")).containsExactly(APP);
            assertThat(answer.text()).contains("\"code\":\"ambiguous_request\"");
        }
        Answer refused = exchange("GET / HTTP/1.1\r\nOrigin: " + APP + "\r\nHost: a\r\nHost: b\r\n\r\n");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.headers("access-control-allow-origin")).containsExactly(APP);
        assertThat(exchange("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                        .status())
                .isEqualTo(405);
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("PATH-17 preflights are answered here, token or not, wherever they go")
    void path17_preflight() throws IOException {
        for (String path : List.of("/identities", "/api/v1/renewToken", "/api/v1/authenticate")) {
            Answer granted = exchange(preflight(path, APP));
            assertThat(granted.status()).isEqualTo(204);
            assertThat(granted.header("access-control-allow-origin")).isEqualTo(APP);
            assertThat(granted.header("access-control-allow-headers")).isEqualTo("authorization");
            Answer refused = exchange(preflight(path, "https://evil.example"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("access-control-allow-origin")).isNull();
            assertThat(refused.header("cache-control")).isEqualTo("no-store");
        }
        assertThat(backend.count()).isZero();
    }

    @Test
    @DisplayName("PATH-19 a refusal carries the CORS headers once, and exposes the challenge")
    void path19_errorsAreReadable() throws IOException {
        Answer answer = exchange("GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nOrigin: " + APP + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.headers("access-control-allow-origin")).containsExactly(APP);
        assertThat(answer.headers("vary")).containsExactly("Origin");
        assertThat(answer.header("access-control-expose-headers"))
                .isEqualTo("WWW-Authenticate, Retry-After, X-Request-Id");
    }

    @Test
    @DisplayName("PATH-19 a refusal that another proxy hands on to the browser can be read across origins, too")
    void path19_forwardAuthRefusalsAreReadable() throws IOException {
        Answer refused = exchange("GET /forward-auth HTTP/1.1\r\nHost: gw\r\nOrigin: " + APP + "\r\n\r\n");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers("access-control-allow-origin")).containsExactly(APP);
        assertThat(refused.headers("vary")).containsExactly("Origin");
        assertThat(refused.header("access-control-expose-headers")).contains("WWW-Authenticate");
        Answer preflight = exchange(preflight("/forward-auth", APP));
        assertThat(preflight.status()).isEqualTo(401);
        assertThat(preflight.header("access-control-allow-methods")).isNull();
    }

    @Test
    @DisplayName("PATH-19 an origin from elsewhere, or none at all, is no error")
    void path19_otherOriginsPass() throws IOException {
        for (String origin : List.of("https://evil.example", "null", "://", "\u00ff\u00fe", "a,b")) {
            Answer answer = exchange("GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nOrigin: " + origin + "\r\n\r\n");
            assertThat(answer.status()).as(origin).isEqualTo(401);
            assertThat(answer.header("access-control-allow-origin")).isNull();
        }
    }

    @Test
    @DisplayName("HDR-14 what a backend says of CORS gives way, to an origin that is not allowed as well")
    void hdr14_backendsOwnCorsGivesWay() throws IOException {
        backend.respond((request, out) -> out.write(RecordingBackend.answer(
                "200 OK", "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true", "{}")));
        try {
            for (String line : List.of("Origin: https://evil.example", "Origin: null", "X-No: origin")) {
                Answer answer = exchange("GET /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: "
                        + TestTokens.token().bearer() + "\r\n" + line + "\r\n\r\n");
                assertThat(answer.status()).as(line).isEqualTo(200);
                assertThat(answer.header("access-control-allow-origin"))
                        .as(line)
                        .isNull();
                assertThat(answer.header("access-control-allow-credentials"))
                        .as(line)
                        .isNull();
            }
        } finally {
            backend.reset();
        }
    }

    @Test
    @DisplayName("BEA-07 a bare line feed or a folded line in the credential is 400, and nobody sees it")
    void bea07_brokenCredentialLines() throws IOException {
        for (String line : List.of("Authorization: Bearer a\nb", "Authorization: Bearer\r\n a")) {
            try (RawConnection connection = new RawConnection(gateway.port())) {
                connection.send("GET /identities HTTP/1.1\r\nHost: gw\r\n" + line + "\r\n\r\n");
                assertThat(connection.readAnswer().status()).isEqualTo(400);
                assertThat(connection.isClosedByPeer()).isTrue();
            }
        }
        assertThat(backend.count()).isZero();
    }

    @Test
    void managementPortHasRulesOfItsOwn() throws IOException {
        Answer answer = RawConnection.exchange(
                gateway.managementPort(),
                "GET /actuator/health/liveness HTTP/1.1\r\nHost: gw\r\nOrigin: " + APP + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("access-control-allow-origin")).isNull();
    }

    private static Answer exchange(String request) throws IOException {
        return RawConnection.exchange(gateway.port(), request);
    }

    private static String preflight(String path, String origin) {
        return "OPTIONS " + path + " HTTP/1.1\r\nHost: gw\r\nOrigin: " + origin
                + "\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n\r\n";
    }
}
