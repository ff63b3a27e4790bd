package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RecordingBackend;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.crypto.bcrypt.BCrypt;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Names and passwords that nobody of us thought of: public vectors, where their folder is given. */
@EnabledIfSystemProperty(named = "test.vectors", matches = ".+")
class CredentialVectorsTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    @Test
    void anyTextWorksAsAPasswordInAnHtpasswdFile() throws IOException {
        List<String> texts = texts();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            byte[] password = texts.get(i).getBytes(UTF_8);
            byte[] hashed = password.length > 72 ? "another".getBytes(UTF_8) : password;
            lines.append("user" + i + ":" + BCrypt.hashpw(hashed, BCrypt.gensalt("$2y", 4)) + "\n");
        }
        Path file = Files.writeString(folder.resolve("htpasswd"), lines);
        HtpasswdCredentialCheck check = new HtpasswdCredentialCheck(
                new WatchedHtpasswdFile(file),
                PasswordHash::matches,
                Schedulers.newSingle("verify"),
                Duration.ofSeconds(20));
        int accepted = 0;
        for (int i = 0; i < texts.size(); i++) {
            boolean shortEnough = texts.get(i).getBytes(UTF_8).length <= 72;
            Credentials right = new Credentials("user" + i, texts.get(i));
            assertThat(CredentialCheckContract.answerOf(check.check(right)).isPresent())
                    .as(texts.get(i))
                    .isEqualTo(shortEnough);
            assertThat(CredentialCheckContract.answerOf(check.check(new Credentials(texts.get(i), texts.get(i)))))
                    .isEmpty();
            accepted += shortEnough ? 1 : 0;
        }
        check.close();
        System.out.println("htpasswd: " + texts.size() + " texts, " + accepted + " accepted, the rest too long");
    }

    @Test
    void anyTextArrivesAsItIsAtAnHttpService() throws IOException {
        List<String> texts = texts();
        try (RecordingBackend service = new RecordingBackend()) {
            service.respond((request, out) -> out.write(RecordingBackend.answer("401 No", "X-A: b", "")));
            CheckHttpClient client = new CheckHttpClient(Duration.ofSeconds(10), Duration.ofSeconds(20));
            HttpCredentialCheck check = new HttpCredentialCheck(
                    client,
                    new JsonStyle(
                            service.uri(),
                            HttpMethod.POST,
                            new StatusCodes(Set.of(200), Set.of(401)),
                            new SubjectMapping(JsonPointer.compile("/username"), null, Map.of())),
                    null);
            for (String text : texts) {
                assertThat(CredentialCheckContract.answerOf(check.check(new Credentials(text, text))))
                        .isEmpty();
                JsonNode arrived = JSON.readTree(service.last().bodyStart());
                assertThat(arrived.get("username").stringValue()).isEqualTo(text);
                assertThat(arrived.get("password").stringValue()).isEqualTo(text);
            }
            assertThat(service.count()).isEqualTo(texts.size());
        }
    }

    @Test
    void noTextBreaksAnLdapFilterOrDn() throws IOException {
        for (String text : texts()) {
            String filter = LdapDirectory.filter("(&(uid={username})(member={dn}))", text, "uid=" + 1);
            assertThat(LdapDirectory.isFilter(filter)).as(filter).isTrue();
            String dn = LdapDirectory.userDn("uid={username},ou=people,dc=a", text);
            assertThat(LdapDirectory.isDn(dn)).as(dn).isTrue();
            assertThat(ThrottleKey.user(text)).hasSize(22);
        }
    }

    private static List<String> texts() throws IOException {
        Path vectors = Path.of(System.getProperty("test.vectors"));
        List<String> texts = new ArrayList<>();
        JSON.readTree(Files.readAllBytes(vectors.resolve("blns/blns.json")))
                .forEach(node -> texts.add(node.stringValue()));
        try (var files = Files.list(vectors.resolve("payloadsallthethings/login-fields"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".txt")).toList()) {
                texts.addAll(Files.readAllLines(file));
            }
        }
        texts.removeIf(String::isEmpty);
        assertThat(texts).hasSizeGreaterThan(500);
        return texts;
    }
}
