package io.identities.gateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;
import org.yaml.snakeyaml.Yaml;
import reactor.netty.ChannelBindException;

class StartProblemTest {

    private static final String SECRET = "Zx8Lq2Vt5Rn1";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1\nsecret: " + SECRET + ": b\n",
                "a: 1\nsecret: *" + SECRET + "\n",
                "a: 1\nsecret: !" + SECRET + " x\n",
                "a: 1\nsecret: \"" + SECRET + "\\q\"\n",
                "a: 1\nsecret: [" + SECRET + "\n"
            })
    @DisplayName("a configuration file that is no YAML is told by line, without what stands there")
    void brokenYaml(String text) {
        Throwable failure = catchThrowable(() -> new Yaml().load(text));

        assertThat(failure).hasMessageContaining(SECRET);
        assertThat(said(failure)).contains("YAML", ", line ").doesNotContain(SECRET);
    }

    @Test
    void aKeyTwiceIsToldByLine() {
        org.yaml.snakeyaml.LoaderOptions strict = new org.yaml.snakeyaml.LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        Throwable failure = catchThrowable(() -> new Yaml(strict).load("token:\n  a: 1\ntoken:\n  b: 2\n"));

        assertThat(said(failure)).contains("line 3", "a key twice");
    }

    @Test
    void textThatIsNoJsonIsNotShown() {
        Throwable failure = new JsonParseException(new IllegalArgumentException("Unrecognized token '" + SECRET + "'"));

        assertThat(said(failure)).startsWith("SPRING_APPLICATION_JSON").doesNotContain(SECRET);
    }

    @Test
    void bundleThatIsMissingIsToldWithTheSettingThatNamesIt() {
        Throwable missing = new NoSuchSslBundleException("web", "SSL bundle name 'web' cannot be found");

        assertThat(said(server(missing))).startsWith("server.ssl.bundle: found 'web', expected");
        assertThat(said(management(server(missing)))).startsWith("management.server.ssl.bundle: found 'web', expected");
    }

    @Test
    void portsAndAddressesAreToldWithTheSettingThatHoldsThem() {
        assertThat(said(server(new PortInUseException(8080)))).startsWith("server.port: found 8080, where something");
        assertThat(said(management(new PortInUseException(8081)))).startsWith("management.server.port: found 8081");
        assertThat(said(management(ChannelBindException.fail(
                        new InetSocketAddress("203.0.113.9", 80), new BindException("not permitted")))))
                .startsWith("management.server.address and .port: ")
                .contains("203.0.113.9:80", "not permitted");
    }

    @Test
    void keyStoreThatCannotBeReadIsToldButNoKeyThatStandsInItsPlace() {
        assertThat(said(server(new IllegalStateException("Could not load store from '/nope.p12'"))))
                .contains("/nope.p12");
        assertThat(said(server(new IllegalStateException("Could not load store from 'base64:" + SECRET + "'"))))
                .startsWith("server: found settings")
                .doesNotContain(SECRET);
    }

    @Test
    void fileThatNobodyMayReadIsToldByName() {
        Throwable yaml =
                new IllegalStateException(new FileNotFoundException("/etc/gw/application.yaml (Permission denied)"));
        Throwable tree = new UncheckedIOException(new AccessDeniedException("/etc/gw/secret"));

        assertThat(said(yaml))
                .startsWith("A file of the configuration: found /etc/gw/application.yaml (Permission denied),");
        assertThat(said(tree)).startsWith("A file of the configuration: found /etc/gw/secret,");
        assertThat(said(new BeanCreationException("ours", yaml))).isEqualTo("nothing");
    }

    @Test
    void escapeThatIsNoneAndAPropertyOutOfPlaceAreTold() {
        assertThat(said(catchThrowable(() -> properties("identities.keys.secret=" + SECRET + "\\users"))))
                .startsWith("A properties file of the configuration: found a \\u without")
                .doesNotContain(SECRET);
        assertThat(said(catchThrowable(
                        () -> new StandardEnvironment().resolveRequiredPlaceholders(SECRET + "${no.such.thing}"))))
                .startsWith("A setting: found a placeholder")
                .doesNotContain(SECRET);
    }

    @Test
    void placeOfConfigurationFilesWithoutItsSlashIsTold() {
        assertThat(said(new IllegalStateException(
                        "Unable to load config data from '/etc/gw'",
                        new IllegalStateException("File extension is not known to any PropertySourceLoader."))))
                .startsWith(
                        "spring.config.additional-location, .location or .import: found /etc/gw, expected a folder with");
        assertThat(said(new IllegalStateException("Config tree location '/run/secrets' must end with '/'")))
                .startsWith("spring.config.import: found configtree:/run/secrets, expected a slash");
    }

    @Test
    void bundleThatAllowsNothingStrongIsToldInItsOwnWords() {
        assertThat(said(server(new IllegalArgumentException("server.ssl: found [TLSv1.1], expected at least one"))))
                .isEqualTo("server.ssl: found [TLSv1.1], expected at least one");
    }

    @Test
    void endpointsInOnePlaceAreTold() {
        Throwable failure = new IllegalStateException("Ambiguous mapping. Cannot map 'Actuator web endpoint 'health''"
                + " method \nActuator web endpoint 'health'\nto {GET /actuator/keys}: There is already"
                + " 'Actuator web endpoint 'keys'' bean method\nActuator web endpoint 'keys' mapped.");

        assertThat(said(management(failure)))
                .startsWith("management.endpoints.web.path-mapping: found the endpoints health and keys at one path,");
    }

    @Test
    void anythingElseIsLeftToOthers() {
        assertThat(StartProblem.in(new IllegalStateException("a fault of ours")))
                .isEmpty();
    }

    private static void properties(String text) throws IOException {
        new PropertiesPropertySourceLoader().load("file", new ByteArrayResource(text.getBytes(UTF_8)));
    }

    private static String said(Throwable failure) {
        return StartProblem.in(failure).orElse("nothing");
    }

    private static Throwable server(Throwable cause) {
        return new ApplicationContextException("Unable to start reactive web server", cause);
    }

    private static Throwable management(Throwable cause) {
        return new ApplicationContextException("Failed to start bean 'childManagementContextInitializer'", cause);
    }
}
