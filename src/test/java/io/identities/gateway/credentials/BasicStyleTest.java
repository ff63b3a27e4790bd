package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RecordingBackend;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonPointer;

class BasicStyleTest extends CredentialCheckContract {

    private final RecordingBackend service = new RecordingBackend();
    private final CheckHttpClient client = new CheckHttpClient(Duration.ofSeconds(10), Duration.ofSeconds(10));
    private final HttpCredentialCheck check = new HttpCredentialCheck(
            client,
            new BasicStyle(
                    service.uri().resolve("/whoami"),
                    HttpMethod.GET,
                    new StatusCodes(Set.of(200), Set.of(401)),
                    new SubjectMapping(JsonPointer.compile("/username"), null, Map.of())),
            null);

    BasicStyleTest() {
        service.respond((request, out) -> {
            String sent = String.valueOf(request.header("authorization")).substring("Basic ".length());
            String[] parts = new String(Base64.getDecoder().decode(sent), UTF_8).split(":", 2);
            Credentials asked = new Credentials(parts[0], parts[1]);
            boolean right = asked.equals(new Credentials("alice", "wonderland")) || TEXTS.contains(asked);
            out.write(RecordingBackend.answer(right ? "200 OK" : "401 No", "X-A: b", ""));
        });
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
    void asksByGetWithAuthorizationAndNoBody() {
        ask("alice", "wonderland");
        assertThat(service.last().requestLine()).isEqualTo("GET /whoami HTTP/1.1");
        assertThat(service.last().headers("authorization")).containsExactly("Basic YWxpY2U6d29uZGVybGFuZA==");
        assertThat(service.last().bodyLength()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"al:ice", ":", "alice:", "al\u0007ice"})
    void log14_aNameThatBasicCannotCarryIsRefusedBeforeTheCall(String username) {
        assertThat(ask(username, "wonderland")).isEmpty();
        assertThat(service.count()).isZero();
    }
}
