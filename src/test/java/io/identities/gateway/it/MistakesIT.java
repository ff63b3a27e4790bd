package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The likely mistakes, each with the message that the README promises, and many at once. */
@ExtendWith(OutputCaptureExtension.class)
class MistakesIT {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @TempDir
    private Path folder;

    /** A row of the README's table: settings, and what is said to them. */
    record Mistake(List<String> settings, String message) {}

    static Stream<Mistake> readme() throws IOException {
        String text = Files.readString(Path.of("README.md"));
        String table = text.substring(text.indexOf("| mistake |"));
        return table.lines().skip(2).takeWhile(line -> line.startsWith("|")).map(MistakesIT::mistake);
    }

    private static Mistake mistake(String row) {
        String[] cells = row.split("\\|");
        return new Mistake(code(cells[1]), code(cells[2]).get(0));
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell)
                .results()
                .map((MatchResult span) -> span.group(1))
                .toList();
    }

    @AfterEach
    void forgetTheFormatOfTheReport() {
        RunningGateway.forgetLogFormats();
    }

    @Test
    void thereAreTen() throws IOException {
        assertThat(readme()).hasSize(10);
    }

    @ParameterizedTest
    @MethodSource("readme")
    void checkSaysWhatTheReadmePromisesAndNothingElse(Mistake mistake, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> RunningGateway.with(
                        "check=", "server.port=8080", "identities.backend.uri=http://backend:8080")
                .settings(
                        "identities.credentials.check=http",
                        "identities.credentials.http.uri=https://users.example/login")
                .settings(mistake.settings().toArray(String[]::new))
                // A check that finds nothing ends the process, and this test with it.
                .bean(ApplicationRunner.class, () -> arguments -> {
                    throw new IllegalStateException("nothing is wrong");
                })
                .start()
                .close());

        assertThat(failure).isNotNull();
        assertThat(description(output)).containsExactly(mistake.message());
        assertThat(output.getAll()).doesNotContain("\tat ");
    }

    @Test
    @DisplayName("CFG-05 a bad key file is told together with everything else that is wrong")
    void cfg05_everythingAtOnce(CapturedOutput output) throws IOException {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        Files.writeString(
                keys.resolve("a.pem"), TestKeys.pem(TestKeys.ed25519("mistake").getPublic()));

        Throwable failure = catchThrowable(() -> RunningGateway.with(
                        "identities.backend.uri=backend:8080",
                        "identities.keys.directory=" + keys,
                        "identities.credentials.check=htpasswd",
                        "identities.credentials.htpasswd.file=" + folder,
                        "identities.management.token-file=" + folder.resolve("none"),
                        "identities.token.lifetme=5m",
                        "identities.access.rules[0].path=*",
                        "identities.access.rules[0].allow=denied")
                .without("identities.keys.secret")
                .start()
                .close());

        assertThat(failure).isNotNull();
        assertThat(description(output))
                .hasSize(6)
                .anyMatch(line -> line.startsWith("identities.keys: found no key that can sign"))
                .anyMatch(line -> line.startsWith("identities.backend.uri: found"))
                .anyMatch(line ->
                        line.startsWith("identities.credentials.htpasswd.file: found " + folder + ", a directory"))
                .anyMatch(line -> line.startsWith("identities.management.token-file: found"))
                .anyMatch(line -> line.startsWith("identities.token.lifetme: found an unknown setting"))
                .anyMatch(line -> line.startsWith("identities.access.rules[0].path: found"));
    }

    private static List<String> description(CapturedOutput output) {
        String text = output.getAll();
        assertThat(text).contains("APPLICATION FAILED TO START", "Description:", "Action:");
        return text.substring(text.indexOf("Description:") + 12, text.indexOf("Action:"))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
