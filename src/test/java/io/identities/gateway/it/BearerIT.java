package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RecordingBackend.Received;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bearer credential on proxied paths, on real sockets. */
class BearerIT {

    private static RecordingBackend backend;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        backend = new RecordingBackend();
        gateway = RunningGateway.inFrontOf(
                backend.uri(),
                "identities.endpoints.authenticate.enabled=false",
                "identities.access.rules[0].path=/public/**",
                "identities.access.rules[0].allow=anonymous");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        backend.close();
    }

    @BeforeEach
    void reset() {
        backend.reset();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization: bearer %s",
                "Authorization: BEARER %s",
                "Authorization: BeArEr %s",
                "Authorization: Bearer  %s",
                "Authorization:  Bearer %s",
                "Authorization: Bearer %s  ",
                "Authorization:Bearer %s"
            })
    @DisplayName("BEA-01, BEA-02 every case of the scheme and white space around the value are good")
    void bea01_bea02_good(String header) throws IOException {
        assertThat(get("/identities/1", header.formatted(token())).status()).isEqualTo(200);
        assertThat(backend.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer\t%s",
                "Authorization: Bearer%s",
                "Authorization: Bearer: %s",
                "Authorization: Bearer \"%s\"",
                "Authorization: Token %s",
                "Authorization: JWT %s",
                "Authorization: Basic %s",
                "Authorization: %s",
                "Authorization: Bearer %s x",
                "Authorization: Bearer %s###",
                "Authorization: Bearer %s, y",
                "Authorization: Bearer %s;v=1",
                "Authorization:",
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer %1$s\r\nAuthorization: Bearer %1$s",
                "Authorization: Basic eDp5\r\nAuthorization: Bearer %s",
                "Proxy-Authorization: Bearer %s",
                "Cookie: token=%s",
                "Cookie: access_token=%s",
                "X-Authorization: Bearer %s",
                "Sec-WebSocket-Protocol: bearer, %s"
            })
    @DisplayName("BEA-02, BEA-05, BEA-07, TOK-15 every other way is 401 with one challenge")
    void bea02_bea05_bea07_tok15_bad(String header) throws IOException {
        String token = token();
        Answer refused = get("/identities/1", header.formatted(token));
        assertRefused(refused);
        assertThat(refused.text()).doesNotContain(token.substring(0, 20));
        assertThat(get("/identities/1", "Authorization: Bearer " + token).status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("BEA-05 a token in the query or a form is not looked at and reaches no log")
    void bea05_queryAndForm() throws IOException {
        String token = token();
        try (LogCapture log = LogCapture.of("io.identities")) {
            for (String name : List.of("access_token", "token", "jwt")) {
                assertRefused(get("/identities?" + name + "=" + token, "X-None: 1"));
                assertRefused(get("/api/v1/x?" + name + "=" + token, "Authorization: Bearer a.b.c"));
            }
            String form = "access_token=" + token;
            assertRefused(
                    exchange("POST /identities HTTP/1.1\r\nHost: gw\r\nContent-Type: application/x-www-form-urlencoded"
                            + "\r\nContent-Length: " + form.length() + "\r\n\r\n" + form));
            assertThat(log.messages()).noneMatch(message -> message.contains(token.substring(0, 20)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Authorization: Bearer\n %s", "Authorization: Bearer\r\n %s", "Authorization: Bearer %s\nX: y\n"
            })
    @DisplayName("BEA-07 a bare LF or a folded line is 400 or the end of the connection")
    void bea07_lineFeeds(String header) throws IOException {
        Answer refused = get("/identities/1", header.formatted(token()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(backend.count()).isZero();
    }

    @Test
    void challengeSaysNothingWithoutATokenAndInvalidTokenWithOne() throws IOException {
        assertThat(get("/identities/1", "X-None: 1").headers("www-authenticate"))
                .containsExactly("Bearer realm=\"identities\"");
        assertThat(get("/identities/1", "Authorization: Bearer a.b.c").headers("www-authenticate"))
                .singleElement()
                .asString()
                .startsWith("Bearer realm=\"identities\", error=\"invalid_token\", error_description=");
    }

    @Test
    @DisplayName("HDR-01 the backend sees the token's name and nobody else's, on open paths none")
    void hdr01_identityHeaders() throws IOException {
        String forged = "X-Auth-Username: admin\r\nX-Auth-Username: root\r\nx_auth_username: admin\r\n"
                + "X.Auth.Username: admin\r\nX-Auth-Roles: admin\r\nx-auth-issuer: me";
        get("/identities/1", "Authorization: Bearer " + token() + "\r\n" + forged);
        Received seen = backend.last();
        assertThat(seen.headers("x-auth-username")).containsExactly("alice");
        assertThat(seen.headers("x-auth-issuer")).containsExactly(TestTokens.ISSUER);
        assertThat(seen.head().toLowerCase(Locale.ROOT)).doesNotContain("admin", "root");
        assertThat(get("/public/x", forged).status()).isEqualTo(200);
        assertThat(backend.last().head().toLowerCase(Locale.ROOT)).doesNotContain("auth-", "auth_", "auth.");
    }

    @Test
    @DisplayName("BEA-06 an open path stays open whatever the Authorization header holds")
    void bea06_openPaths() throws IOException {
        for (String header : List.of("X-None: 1", "Authorization: Bearer a.b.c", "Authorization: Basic eDp5")) {
            assertThat(get("/public/x", header).status()).isEqualTo(200);
        }
        get("/public/x", "Authorization: Bearer " + token());
        assertThat(backend.last().header("x-auth-username")).isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer a.b.c",
                "bearer a.b.c",
                "Bearer",
                "Basic eDp5, Bearer a.b.c",
                "Basic eDp5,bearer a.b.c",
                "Basic eDp5 BEARER a.b.c",
                ", Bearer a.b.c",
                "\u00a0Bearer a.b.c",
                "\u0085Bearer a.b.c",
                "\u0085\u00a0,Bearer a.b.c",
                "Basic eDp5\u0085, Bearer a.b.c",
                "Basic eDp5\u00a0Bearer\u00a0a.b.c",
                "Basic eDp5;Bearer a.b.c",
                "Basic eDp5, Bearer,a.b.c"
            })
    @DisplayName(
            "BEA-06 on an open path a bearer credential that nobody has verified reaches nobody, wherever it stands")
    void bea06_unverified(String credential) throws IOException {
        assertThat(get("/public/x", "Authorization: " + credential).status()).isEqualTo(200);
        assertThat(backend.last().headers("authorization")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic eDp5",
                "Basic bearer",
                "Digest username=\"bearer\"",
                "Token a-bearer x",
                "Basic \u00e9\u0085"
            })
    @DisplayName("BEA-06 on an open path credentials for the backend alone reach it")
    void bea06_others(String credential) throws IOException {
        assertThat(get("/public/x", "Authorization: " + credential).status()).isEqualTo(200);
        assertThat(backend.last().headers("authorization")).containsExactly(credential);
    }

    private static void assertRefused(Answer refused) {
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.headers("www-authenticate"))
                .singleElement()
                .asString()
                .startsWith("Bearer realm=");
        assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
        assertThat(refused.header("cache-control")).isEqualTo("no-store");
        assertThat(refused.headers("x-request-id")).hasSize(1);
        assertThat(refused.text()).contains("\"requestId\":\"" + refused.header("x-request-id") + "\"");
        assertThat(backend.count()).isZero();
    }

    private static String token() {
        return TestTokens.token().mint();
    }

    private static Answer get(String target, String headers) throws IOException {
        return exchange("GET " + target + " HTTP/1.1\r\nHost: gw\r\n" + headers + "\r\n\r\n");
    }

    private static Answer exchange(String request) throws IOException {
        return RawConnection.exchange(gateway.port(), request);
    }
}
