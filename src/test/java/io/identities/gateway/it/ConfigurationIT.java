package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.identities.gateway.testing.Management;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a wrong configuration says, on the whole application. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationIT {

    private static final String SECRET = "identities.keys.secret=";
    private static final String NO_LOGIN = "identities.endpoints.authenticate.enabled=false";
    private static final String BACKEND = "identities.backend.uri=http://127.0.0.1:9";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"HS256,0,32", "HS256,1,32", "HS256,31,32", "HS384,47,48", "HS512,63,64"})
    @DisplayName("CFG-01 a short secret stops the start and is not shown")
    void cfg01_shortSecret(String algorithm, int bytes, int needed, CapturedOutput output) {
        String secret = "Kx7vQ2mZp9Lw4Rt8Yb3Nc6Hd1Fg5Js0Ae7Ui4Ok2Pl9Mn6Bv3Cx8Zq1Wr5Ty0Gh4".substring(0, bytes);

        String message = refused(output, BACKEND, NO_LOGIN, SECRET + secret, "identities.keys.algorithm=" + algorithm);

        assertThat(message).contains("identities.keys.secret").contains(String.valueOf(needed));
        assertThat(bytes < 4 || !output.getAll().contains(secret)).isTrue();
    }

    @Test
    @DisplayName("CFG-01 a secret of blanks or of one repeated character is refused")
    void cfg01_worthlessSecret(CapturedOutput output) {
        assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + " ".repeat(32))).contains("identities.keys");
        assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + "a".repeat(32))).contains("identities.keys.secret");
    }

    @Test
    @DisplayName("CFG-02 without a secret, and with one from somebody's example, nothing starts")
    void cfg02_noDefaultSecret(CapturedOutput output) {
        assertThat(refused(output, BACKEND, NO_LOGIN)).contains("identities.keys.secret", "identities.keys.directory");
        for (String example : List.of("changeme", "secret", "SecretKey012345678901234567890123456789")) {
            assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + example)).contains("identities.keys.secret");
        }
    }

    @Test
    @DisplayName("CFG-02 no value that stands in the repository is a secret")
    void cfg02_valuesOfTheRepository(CapturedOutput output) throws IOException {
        Pattern written = Pattern.compile(
                "(?i)identities[._]keys[._]secret[\"']?\\s*[=:]\\s*[\"']?([^\\s\"'`|]+)|hmac[^\\n]*\\.secret:\\s*(\\S+)");
        Set<String> values = new TreeSet<>();
        for (Path root : List.of(Path.of("README.md"), Path.of("k8s"), Path.of("container"))) {
            if (!Files.exists(root)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    written.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .results()
                            .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                            .forEach(values::add);
                }
            }
        }
        assertThat(values).isNotEmpty();
        for (String value : values) {
            assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + value))
                    .as(value)
                    .contains("identities.keys.secret");
        }
    }

    @Test
    void everyMissingSettingIsNamedAtOnceWithoutAStackTrace(CapturedOutput output) {
        String message = refused(output);

        assertThat(message.lines().filter(line -> line.startsWith("identities.")))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("identities.keys"))
                .anyMatch(line -> line.startsWith("identities.backend.uri: "))
                .anyMatch(line -> line.startsWith("identities.credentials.check: "));
        assertThat(output.getAll())
                .doesNotContain("\tat io.identities", "Exception:\n")
                .containsOnlyOnce("identities.backend.uri: found nothing");
    }

    @Test
    @DisplayName("CFG-05 a secret says how it is written")
    void cfg05_secretFormats(CapturedOutput output) {
        String hex = "hex:" + "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0";
        try (RunningGateway gateway = start(BACKEND, NO_LOGIN, SECRET + hex)) {
            assertThat(gateway.port()).isPositive();
        }
        assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + hex.replace("0f1e", "0g1e")))
                .contains("identities.keys.secret")
                .doesNotContain("0g1e");
        assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + "base64:%%%"))
                .contains("identities.keys.secret")
                .doesNotContain("%%%");
    }

    @Test
    @DisplayName("CFG-05 a key file of the wrong kind says what was found and what is expected")
    void cfg05_keyFiles(CapturedOutput output) throws IOException {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        assertThat(refused(output, BACKEND, NO_LOGIN, "identities.keys.directory=" + keys))
                .contains("identities.keys");
        Files.writeString(
                keys.resolve("a.pem"),
                "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                        + "-----END PUBLIC KEY-----\n");
        assertThat(refused(output, BACKEND, NO_LOGIN, "identities.keys.directory=" + keys))
                .contains("identities.keys")
                .contains("found")
                .contains("expected");
        assertThat(refused(output, BACKEND, NO_LOGIN, "identities.keys.directory=" + folder.resolve("missing")))
                .contains("identities.keys.directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"**", "public/**", "/**", "*", "/api/**/x", "^/foo/.*/bar$", "/a;b", "/a%2fb", "/a/../b", "/a//b"
            })
    @DisplayName("CFG-06 a pattern that would open too much, or nothing, stops the start")
    void cfg06_anonymousPatterns(String pattern, CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.access.rules[0].path=" + pattern,
                        "identities.access.rules[0].allow=anonymous"))
                .contains("identities.access.rules[0]")
                .contains("expected");
    }

    @Test
    @DisplayName("CFG-06 /public does not open /publicity, and the list is logged")
    void cfg06_publicIsNotPublicity(CapturedOutput output) throws IOException {
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = RunningGateway.inFrontOf(
                        backend.uri(),
                        NO_LOGIN,
                        "identities.access.rules[0].path=/public",
                        "identities.access.rules[0].allow=anonymous")) {
            assertThat(status(gateway, "/public", "")).isEqualTo(200);
            assertThat(status(gateway, "/publicity", "")).isEqualTo(401);
            assertThat(output.getAll()).contains("any method /public -> anonymous");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "proxy.example", "10.0.0", "fd00::/129", "10.0.0.1/-1"})
    @DisplayName("CFG-07 a network that is none stops the start")
    void cfg07_badNetworks(String network, CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.proxy.trusted-proxies[0]=" + network))
                .contains("identities.proxy.trusted-proxies");
    }

    @Test
    @DisplayName("CFG-07 trusting the whole world stops the start or is said loudly")
    void cfg07_everybody(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> start(
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.proxy.trusted-proxies[0]=0.0.0.0/0")
                .close());
        assertThat(failure != null || output.getAll().contains("WARN")).isTrue();
        assertThat(output.getAll()).contains("identities.proxy.trusted-proxies");
    }

    @Test
    @DisplayName("CFG-09 a password file that cannot be read stops the start")
    void cfg09_passwordFile(CapturedOutput output) throws IOException {
        String file = "identities.credentials.htpasswd.file";
        String[] settings = {BACKEND, SECRET + RunningGateway.SECRET, "identities.credentials.check=htpasswd", ""};
        settings[3] = file + "=" + folder.resolve("missing");
        assertThat(refused(output, settings)).contains(file);
        settings[3] = file + "=" + folder;
        assertThat(refused(output, settings)).contains(file);
        assertThat(refused(output, BACKEND, SECRET + RunningGateway.SECRET, "identities.credentials.check=htpasswd"))
                .contains(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "http://u:p4ssw0rd@be",
                "http://u:p4ssw0rd/@be",
                "http://u:x@p4ssw0rd@be",
                "u:p4ssw0rd@be:8080",
                "http://be:8080/x?key=p4ssw0rd",
                "http://be:99999",
                "ftp://be",
                "http://",
                "/x",
                "http://be:8080 ",
                " http://be:8080",
                "http://be:8080/x?y",
                "http://be:8080#x"
            })
    @DisplayName("CFG-10 a backend address that is none stops the start, and a password in it is not shown")
    void cfg10_backendAddress(String address, CapturedOutput output) {
        assertThat(refused(output, NO_LOGIN, SECRET + RunningGateway.SECRET, "identities.backend.uri=" + address))
                .contains("identities.backend.uri")
                .contains("expected")
                .doesNotContain("p4ssw0rd");
    }

    @Test
    @DisplayName("CFG-10 passwords sent in clear text beside an encrypted backend are a warning")
    void cfg10_plainTextCheck(CapturedOutput output) {
        try (RunningGateway gateway = start(
                "identities.backend.uri=https://127.0.0.1:9",
                SECRET + RunningGateway.SECRET,
                "identities.credentials.check=http",
                "identities.credentials.http.uri=http://127.0.0.1:9/login")) {
            assertThat(gateway.port()).isPositive();
            assertThat(output.getAll()).contains("identities.credentials.http.uri: passwords travel unencrypted");
        }
    }

    @Test
    @DisplayName("CFG-10 the path of the backend's address stands before every path")
    void cfg10_basePathOfTheBackend() throws IOException {
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = RunningGateway.with(
                                "identities.backend.uri=" + backend.uri() + "/base/", NO_LOGIN)
                        .start()) {
            status(gateway, "/x", "Authorization: Bearer " + TestTokens.token().mint() + "\r\n");
            assertThat(backend.last().target()).isEqualTo("/base/x");
        }
    }

    @Test
    @DisplayName("CFG-10 a gateway whose backend is itself finds out")
    void cfg10_loop() throws IOException {
        int port = freePort();
        try (RunningGateway gateway = RunningGateway.with(
                        "server.port=" + port, "identities.backend.uri=http://127.0.0.1:" + port, NO_LOGIN)
                .start()) {
            int status = status(
                    gateway, "/x", "Authorization: Bearer " + TestTokens.token().mint() + "\r\n");
            assertThat(status).isIn(500, 502, 508);
            assertThat(decisions(gateway)).isLessThanOrEqualTo(10);
        }
    }

    @Test
    void typingErrorUnderThePrefixStopsTheStartWithASuggestion(CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.credentials.throtle.enabled=false"))
                .contains("identities.credentials.throtle.enabled", "identities.credentials.throttle.enabled");
    }

    @Test
    void settingThatLostItsPrefixStopsTheStart(CapturedOutput output) {
        assertThat(refused(output, BACKEND, NO_LOGIN, SECRET + RunningGateway.SECRET, "access.default=denied"))
                .contains("access.default: found without identities. in front (argument)");
    }

    @Test
    void valueOfTheWrongKindNamesThePropertyTheValueAndTheExpectation(CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.backend.connect-timeout=two seconds",
                        "identities.mode=proxy"))
                .contains("identities.backend.connect-timeout: found \"two seconds\"")
                .contains("30s")
                .contains("identities.mode: found \"proxy\" (argument), expected one of gateway, companion");
    }

    @Test
    @DisplayName("CFG-05 a placeholder that nothing fills stops the start; of a secret not even its name is shown")
    void cfg05_emptyPlaceholder(CapturedOutput output) {
        assertThat(refused(
                        output,
                        "identities.backend.uri=http://${NO_SUCH_HOST}:8080",
                        NO_LOGIN,
                        SECRET + "Kx7vQ2mZp9Lw4Rt8${Yb3Nc6Hd1Fg5Js0Ae7Ui4Ok2Pl9Mn6}"))
                .contains("identities.backend.uri: found ${NO_SUCH_HOST} without a value (argument), expected")
                .contains("identities.keys.secret: found a placeholder without a value (argument), expected");
        assertThat(output.getAll()).doesNotContain("Kx7vQ2m", "Yb3Nc6Hd", "\tat ");
    }

    @Test
    void fileThatIsNoYamlIsToldByLineAndNotShown(CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "identities.keys:\n  secret: Kx7vQ2mZ: p9Lw4Rt8\n");

        assertThat(refused(output, "spring.config.additional-location=file:" + file))
                .contains("YAML", "line 2");
        assertThat(output.getAll()).doesNotContain("Kx7vQ2m", "p9Lw4Rt8", "\tat ");
    }

    @Test
    void formatOfTheLogThatNobodyKnowsIsToldBeforeLoggingBegins(CapturedOutput output) {
        assertThat(refused(output, "logging.structured.format.console=esc"))
                .contains("logging.structured.format.console: found \"esc\", expected ecs");
        assertThat(output.getAll()).doesNotContain("\tat ");
    }

    @Test
    void addressOfRedisIsNotShown(CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.shared-state=redis",
                        "spring.data.redis.url=http://:Kx7vQ2mZ@redis:6379"))
                .contains("spring.data.redis.url: found an address that cannot be used");
        assertThat(output.getAll()).doesNotContain("Kx7vQ2m", "\tat ");
    }

    @Test
    void valueOfASettingAboutTokensIsNoSecret(CapturedOutput output) {
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.token.lifetime=30min",
                        "identities.access.rules[1].path=/a",
                        "identities.access.rules[1].allow=denied"))
                .contains("identities.token.lifetime: found \"30min\" (argument), expected a duration")
                .contains("identities.access.rules[1].allow", "gap in the list");
    }

    @Test
    void managementOnThePublicPortStopsTheStart(CapturedOutput output) throws IOException {
        int port = freePort();
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "server.port=" + port,
                        "management.server.port=" + port))
                .contains("management.server.port");
    }

    @Test
    void managementTokenThatIsNoneStopsTheStartAndIsNotShown(CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "sh0rt-one");
        assertThat(refused(
                        output,
                        BACKEND,
                        NO_LOGIN,
                        SECRET + RunningGateway.SECRET,
                        "identities.management.token-file=" + file))
                .contains("identities.management.token-file", "16")
                .doesNotContain("sh0rt-one");
    }

    @Test
    void oldNameOfTheGatewayIsAWarning(CapturedOutput output) {
        try (RunningGateway gateway = start(
                BACKEND,
                NO_LOGIN,
                SECRET + RunningGateway.SECRET,
                "spring.cloud.gateway.httpclient.connect-timeout=1000")) {
            assertThat(gateway.port()).isPositive();
            assertThat(output.getAll())
                    .contains("spring.cloud.gateway.server.webflux.httpclient.connect-timeout")
                    .contains("does nothing");
        }
    }

    @Test
    void startSaysWhatIsInForce(CapturedOutput output) throws IOException {
        Path token = Management.tokenFile(folder);
        try (RunningGateway gateway =
                start(BACKEND, NO_LOGIN, SECRET + RunningGateway.SECRET, "identities.management.token-file=" + token)) {
            assertThat(gateway.port()).isPositive();
            assertThat(output.getAll())
                    .contains("Doors: gateway before http://127.0.0.1:9", "Rules: any method /** -> authenticated")
                    .contains("default signs", "Logins: off", "shared state: none", "with the management token")
                    .doesNotContain(RunningGateway.SECRET, Management.TOKEN);
        }
    }

    @Test
    void checkEndsWithZeroOrOneAndDoesNotServe() throws Exception {
        Process good = check(BACKEND, NO_LOGIN, SECRET + RunningGateway.SECRET);
        Process bad = check(
                "identities.mod=x",
                SECRET + RunningGateway.SECRET,
                "identities.shutdown.pre-stop-delay=2d",
                "server.address=999.9.9.9");

        assertThat(output(good))
                .contains("The configuration is good.", "Doors: ")
                .doesNotContain("WARN", "\tat ", "Exposing");
        assertThat(good.exitValue()).isZero();
        assertThat(output(bad))
                .contains("identities.mod: found an unknown setting", "perhaps identities.mode")
                .contains("identities.backend.uri: found nothing", "identities.credentials.check: found nothing")
                .contains("identities.shutdown.pre-stop-delay: found PT48H")
                .contains("server.address: found \"999.9.9.9\" (argument), expected an address of this machine")
                .doesNotContain(RunningGateway.SECRET, "\tat ");
        assertThat(bad.exitValue()).isOne();
    }

    /** Of the executable jar where it has been built, as users start it. */
    private static Process check(String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m"));
        String jar = System.getProperty("test.jar");
        command.addAll(
                jar != null
                        ? List.of("-jar", jar)
                        : List.of(
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.identities.gateway.IdentitiesGatewayApplication"));
        command.add("--check");
        for (String setting : settings) {
            command.add("--" + setting);
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process process) throws Exception {
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return text;
    }

    private static RunningGateway start(String... settings) {
        return RunningGateway.with()
                .without("identities.keys.secret")
                .settings(settings)
                .start();
    }

    /** The description that a failed start gives. */
    private static String refused(CapturedOutput output, String... settings) {
        int before = output.getAll().length();
        Throwable failure = catchThrowable(() -> start(settings).close());
        assertThat(failure).as("the start").isNotNull();
        String text = output.getAll().substring(before);
        assertThat(text).contains("APPLICATION FAILED TO START", "Description:", "Action:");
        return text.substring(text.indexOf("Description:"), text.indexOf("Action:"));
    }

    private static int status(RunningGateway gateway, String target, String headers) throws IOException {
        return RawConnection.exchange(
                        gateway.port(), "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n")
                .status();
    }

    private static long decisions(RunningGateway gateway) {
        return new Management(gateway)
                .scrape()
                .lines()
                .filter(line -> line.startsWith("identities_decisions_total"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
