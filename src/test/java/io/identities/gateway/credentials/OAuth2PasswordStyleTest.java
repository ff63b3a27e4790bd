package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.token.Subject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonPointer;

class OAuth2PasswordStyleTest extends CredentialCheckContract {

    private final RecordingBackend server = new RecordingBackend();
    private final CheckHttpClient client = new CheckHttpClient(Duration.ofSeconds(10), Duration.ofSeconds(10));
    private HttpCredentialCheck check = check("s e:cret", false, null);

    OAuth2PasswordStyleTest() {
        server.respond(OAuth2PasswordStyleTest::answer);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Override
    CredentialCheck check() {
        return check;
    }

    @Test
    void postsThePasswordGrantAsAForm() {
        ask("alice", "wonderland");
        RecordingBackend.Received request = server.last();
        assertThat(request.requestLine()).isEqualTo("POST /token HTTP/1.1");
        assertThat(request.headers("content-type")).containsExactly("application/x-www-form-urlencoded");
        assertThat(request.headers("authorization"))
                .containsExactly("Basic " + Base64.getEncoder().encodeToString("gate+way:s+e%3Acret".getBytes(UTF_8)));
        assertThat(form(request))
                .containsOnly(
                        Map.entry("grant_type", "password"),
                        Map.entry("username", "alice"),
                        Map.entry("password", "wonderland"),
                        Map.entry("scope", "openid"));
    }

    @Test
    void clientIdAndSecretCanGoIntoTheForm() {
        check = check("s e:cret", true, null);
        ask("alice", "wonderland");
        assertThat(server.last().headers("authorization")).isEmpty();
        assertThat(form(server.last()))
                .containsEntry("client_id", "gate way")
                .containsEntry("client_secret", "s e:cret");
    }

    @Test
    void aPublicClientSaysItsIdOnly() {
        check = check(null, false, null);
        ask("alice", "wonderland");
        assertThat(form(server.last())).containsEntry("client_id", "gate way").doesNotContainKey("client_secret");
    }

    @Test
    void claimsComeFromTheAccessToken() {
        respond(
                "200 OK",
                token("{\"preferred_username\":\"alice\",\"realm_access\":{\"roles\":[\"admin\"]},\"tenant\":\"t1\"}"));
        assertThat(ask("ALICE", "wonderland")).contains(new Subject("alice", List.of("admin"), Map.of("tenant", "t1")));
    }

    @Test
    void anOpaqueAccessTokenApprovesTheTypedName() {
        respond("200 OK", "{\"access_token\":\"opaque-token\",\"token_type\":\"Bearer\"}");
        assertThat(ask("alice", "wonderland")).contains(Subject.named("alice"));
    }

    @Test
    void claimsComeFromTheUserinfoCallWhereOneIsSet() {
        check = check("secret", false, server.uri().resolve("/userinfo"));
        server.respond((request, out) -> out.write(RecordingBackend.ok(
                request.target().equals("/userinfo")
                        ? "{\"preferred_username\":\"alice\",\"realm_access\":{\"roles\":[\"x\"]}}"
                        : "{\"access_token\":\"opaque-token\"}")));
        assertThat(ask("ALICE", "wonderland").orElseThrow().roles()).containsExactly("x");
        assertThat(server.last().headers("authorization")).containsExactly("Bearer opaque-token");
    }

    @Test
    void aUserinfoCallThatFailsIsNoApproval() {
        check = check("secret", false, server.uri().resolve("/userinfo"));
        server.respond((request, out) -> out.write(
                request.target().equals("/userinfo")
                        ? RecordingBackend.answer("401 No", "Content-Type: application/json", "{}")
                        : RecordingBackend.ok("{\"access_token\":\"opaque-token\"}")));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "403"})
    void log12_invalidGrantMeansNo(int status) {
        respond(status + " No", "{\"error\":\"invalid_grant\"}");
        assertThat(ask("alice", "wonderland")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401,invalid_client",
        "400,unauthorized_client",
        "400,unsupported_grant_type",
        "400,invalid_request",
        "400,invalid_scope",
        "500,invalid_grant",
        "302,invalid_grant"
    })
    void log12_errorsThatAreNotAboutTheUserAreUnclear(int status, String error) {
        respond(status + " No", "{\"error\":\"" + error + "\"}");
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @ParameterizedTest
    @CsvSource({
        "'{}'",
        "'{\"access_token\":null}'",
        "'{\"access_token\":\"\"}'",
        "'[]'",
        "''",
        "'{\"access_token\":\"a b\"}'"
    })
    void a200WithoutAnAccessTokenIsUnclear(String body) {
        respond("200 OK", body);
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void nothingPrintsTheSecret() {
        assertThat(new OAuth2PasswordStyle.Client(server.uri(), "id", "s3cret", false, null, null).toString())
                .doesNotContain("s3cret");
    }

    private HttpCredentialCheck check(@Nullable String secret, boolean inForm, @Nullable URI userinfo) {
        return new HttpCredentialCheck(
                client,
                new OAuth2PasswordStyle(
                        new OAuth2PasswordStyle.Client(
                                server.uri().resolve("/token"), "gate way", secret, inForm, "openid", userinfo),
                        new StatusCodes(Set.of(200, 204), Set.of(400, 401, 403)),
                        new SubjectMapping(
                                JsonPointer.compile("/preferred_username"),
                                JsonPointer.compile("/realm_access/roles"),
                                Map.of("tenant", JsonPointer.compile("/tenant"))),
                        client),
                null);
    }

    private void respond(String status, String body) {
        server.respond(
                (request, out) -> out.write(RecordingBackend.answer(status, "Content-Type: application/json", body)));
    }

    private static void answer(RecordingBackend.Received request, OutputStream out) throws IOException {
        Map<String, String> form = form(request);
        Credentials asked = new Credentials(form.get("username"), form.get("password"));
        boolean right = asked.equals(new Credentials("alice", "wonderland")) || TEXTS.contains(asked);
        out.write(
                right
                        ? RecordingBackend.ok(token("{\"preferred_username\":\"" + asked.username() + "\"}"))
                        : RecordingBackend.answer(
                                "401 No", "Content-Type: application/json", "{\"error\":\"invalid_grant\"}"));
    }

    private static String token(String claims) {
        String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8));
        return "{\"access_token\":\"eyJhbGciOiJub25lIn0." + payload + ".c2ln\",\"token_type\":\"Bearer\"}";
    }

    private static Map<String, String> form(RecordingBackend.Received request) {
        return Arrays.stream(request.bodyStart().split("&"))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> URLDecoder.decode(field[1], UTF_8)));
    }
}
