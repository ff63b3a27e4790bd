package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

/** Mistakes that no single setting shows. */
class SettingsTogetherTest {

    @ParameterizedTest
    @CsvSource({
        "8080, 8081, ''",
        "0, 0, ''",
        "8080, -1, ''",
        "8080, 8080, management.server.port: found 8080",
        "99999, 8081, server.port: found 99999",
        "-1, 8081, server.port: found -1",
        "8080, 70000, management.server.port: found 70000",
        "eighty, 8081, 'server.port: found eighty, expected 1 to 65535'",
        "8080, 99999999999, management.server.port: found 99999999999",
        "'', 8081, ''",
        "'', 8080, management.server.port: found 8080",
        "0x1F90, 8080, management.server.port: found 8080",
        "8080, '', management.server.port: found nothing"
    })
    void portsArePortsAndTwo(String port, String management, String problem) {
        MockEnvironment environment = settings(Map.of("server.port", port, "management.server.port", management));

        assertThat(String.join("\n", ListeningPorts.problems(environment)))
                .startsWith(problem)
                .satisfies(said -> assertThat(said.isEmpty()).isEqualTo(problem.isEmpty()));
    }

    @ParameterizedTest
    @CsvSource({
        "base-path, m, 'management.endpoints.web.base-path: found ''m'', expected a path that begins with a slash'",
        "base-path, /m, ''",
        "base-path, '', ''",
        "path-mapping.health, /, 'management.endpoints.web.path-mapping.health: found ''/'', where the list of the'",
        "path-mapping.health, healthz, ''",
        "path-mapping.health, '', ''"
    })
    void placeWhereTheFrameworkCannotPutAnEndpointIsTold(String name, String value, String problem) {
        MockEnvironment environment = settings(Map.of("management.endpoints.web." + name, value));

        assertThat(String.join("\n", ManagementPaths.problems(environment)))
                .startsWith(problem)
                .satisfies(said -> assertThat(said.isEmpty()).isEqualTo(problem.isEmpty()));
    }

    @Test
    void withoutTheirListAnEndpointMayBeInItsPlace() {
        MockEnvironment environment = settings(Map.of(
                "management.endpoints.web.path-mapping.health", "/",
                "management.endpoints.web.discovery.enabled", "false"));

        assertThat(ManagementPaths.problems(environment)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"servlet, true", "NONE, true", "reactive, false", "'', false"})
    void applicationOfAnotherKindIsRefused(String kind, boolean refused) {
        MockEnvironment environment = settings(Map.of("spring.main.web-application-type", kind));
        ThrowingCallable look =
                () -> new WebApplicationKind().postProcessEnvironment(environment, new SpringApplication());

        if (refused) {
            assertThatThrownBy(look)
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageStartingWith("spring.main.web-application-type: found " + kind.toLowerCase(Locale.ROOT));
        } else {
            assertThatCode(look).doesNotThrowAnyException();
        }
    }

    @Test
    void placeholderInASettingOfTheFrameworkIsToldButARouteMayHoldOne() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "file",
                        Map.of(
                                "server.port", "${NO_SUCH_PORT}",
                                "spring.data.redis.password", "a${b}c",
                                "spring.cloud.gateway.server.webflux.routes[0].filters[0]",
                                        "RewritePath=/a/(?<b>.*), /${b}")));

        assertThat(EmptyPlaceholders.in(environment))
                .containsExactlyInAnyOrder(
                        "server.port: found ${NO_SUCH_PORT} without a value (file), expected one (or \\${ where the"
                                + " text itself is meant)",
                        "spring.data.redis.password: found a placeholder without a value (file), expected one (or \\${"
                                + " where the text itself is meant)");
    }

    @Test
    void settingThatIsNullInJsonIsLikeOneThatIsNotSet() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("json", nothingFor("identities.token.audience")));

        assertThat(EmptyPlaceholders.in(environment)).isEmpty();
    }

    private static Map<String, Object> nothingFor(String name) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(name, null);
        return settings;
    }

    @ParameterizedTest
    @CsvSource({
        "identities.base-path=/secret, identities.base-path",
        "-identities.base-path=/secret, identities.base-path",
        "-Didentities.base-path=/secret, identities.base-path",
        "-Dserver.port=81, server.port",
        "–-identities.base-path=/secret, identities.base-path",
        "—identities.base-path=/secret, identities.base-path",
        "\uFFFD\uFFFD\uFFFDspring.data.redis.password=secret, spring.data.redis.password",
        "check, check",
        "-check=probe, check",
        "—check=probe, check"
    })
    void argumentWithoutItsDashesIsToldWithoutItsValue(String argument, String name) {
        assertThat(StrayArguments.problems(arguments("--identities.mode=companion", argument)))
                .singleElement()
                .asString()
                .startsWith(name + ": found as an argument without two dashes in front")
                .doesNotContain("secret", "probe");
    }

    @ParameterizedTest
    @CsvSource({
        "management.server.ssl.bundle, '', management.server.ssl.bundle: found without management.server.ssl.enabled",
        "management.server.ssl.client-auth, '', management.server.ssl.client-auth: found without",
        "management.server.ssl.bundle, true, ''",
        "management.server.ssl.bundle, false, ''",
        "server.ssl.bundle, '', ''"
    })
    void certificatesOfTheManagementPortThatNothingSwitchesOnAreTold(String name, String enabled, String problem) {
        Map<String, Object> settings = new HashMap<>(Map.of(name, "management"));
        if (!enabled.isEmpty()) {
            settings.put("management.server.ssl.enabled", enabled);
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("file", settings));
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [application.yml]'",
                        Map.of("management.server.ssl.enabled", "false")));

        assertThat(ManagementTls.problem(environment).orElse(""))
                .startsWith(problem)
                .satisfies(said -> assertThat(said.isEmpty()).isEqualTo(problem.isEmpty()));
    }

    @Test
    void argumentsThatAreNoSettingsAreLeftToOthers() {
        assertThat(StrayArguments.problems(arguments("--check", "identities", "checked", "a=identities.x")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prob", "false", "probe=all"})
    void checkThatIsNoneIsToldRatherThanMade(String how) {
        StandardEnvironment environment = arguments("--check=" + how);

        assertThatThrownBy(() -> new CheckMode().postProcessEnvironment(environment, new SpringApplication()))
                .hasMessageStartingWith("--check: found \"" + how + "\", expected nothing behind it");
    }

    @Test
    void checkLeavesAPortThatIsNoneToThoseWhoTell() {
        StandardEnvironment environment = arguments("--check", "--server.port=${NO_SUCH_PORT}");

        new CheckMode().postProcessEnvironment(environment, new SpringApplication());

        assertThat(EmptyPlaceholders.in(environment)).singleElement().asString().startsWith("server.port: found ${NO");
    }

    @Test
    void checkFindsTheMistakesInWhatItPutsAside() {
        StandardEnvironment environment = arguments(
                "--check",
                "--server.port=99999",
                "--management.server.port=1",
                "--logging.structured.format.console=esc");

        new CheckMode().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("server.port")).isEqualTo("0");
        assertThat(ListeningPorts.problems(CheckMode.asWritten(environment)))
                .singleElement()
                .asString()
                .startsWith("server.port: found 99999");
        assertThatThrownBy(() -> new LoggingCheck().postProcessEnvironment(environment, new SpringApplication()))
                .hasMessageContaining("logging.structured.format.console: found \"esc\"");
    }

    @Test
    void checkTriesTheLogFileAndLeavesNone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("logs").resolve("gateway.log");
        StandardEnvironment environment =
                arguments("--check", "--logging.file.name=" + file, "--logging.console.enabled=false");

        new CheckMode().postProcessEnvironment(environment, new SpringApplication());

        assertThatCode(() -> new LoggingCheck().postProcessEnvironment(environment, new SpringApplication()))
                .doesNotThrowAnyException();
        assertThat(LogFile.get(environment)).isNull();
        assertThat(environment.getProperty("logging.console.enabled")).isEqualTo("true");
        assertThat(folder).isEmptyDirectory();
        Files.createFile(folder.resolve("logs"));
        assertThatThrownBy(() -> new LoggingCheck().postProcessEnvironment(environment, new SpringApplication()))
                .hasMessageStartingWith("logging.file.name: found " + file + ", which cannot be written (");
    }

    private static StandardEnvironment arguments(String... arguments) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        return environment;
    }

    @ParameterizedTest
    @CsvSource({
        "0s, 30s, true",
        "5s, 30s, true",
        "30s, 30s, false",
        "60s, 30s, false",
        "0s, 30, false",
        "0s, soon, true"
    })
    void timeToStopIsLongerThanItsDelay(String delay, String phase, boolean silent) {
        MockEnvironment environment = settings(Map.of(
                "identities.shutdown.pre-stop-delay", delay, "spring.lifecycle.timeout-per-shutdown-phase", phase));

        assertThat(StopTimes.warning(environment).isEmpty()).isEqualTo(silent);
    }

    @ParameterizedTest
    @CsvSource({"5s, false", "6s, true"})
    void inKubernetesThereIsADelayThatNobodyHasSet(String phase, boolean silent) {
        MockEnvironment environment = settings(
                Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "spring.lifecycle.timeout-per-shutdown-phase", phase));

        assertThat(StopTimes.warning(environment).isEmpty()).isEqualTo(silent);
    }

    @Test
    void doorBehindForwardAuthIsFoundInAnyReading() {
        MockEnvironment environment = settings(Map.of(
                "identities.forward-auth.path", "/check",
                "identities.endpoints.authenticate.path", "/Check/login",
                "identities.endpoints.renew-token.path", "/checked/renew"));

        assertThat(LocalDoors.of(environment).unreachable())
                .singleElement()
                .asString()
                .startsWith("identities.endpoints.authenticate.path: found '/Check/login', which belongs to"
                        + " identities.forward-auth.path");
    }

    @Test
    void ruleForAMethodThatNobodySendsIsTold() {
        MockEnvironment environment = settings(Map.of(
                "identities.access.rules[0].path", "/a",
                "identities.access.rules[0].methods", "get, DELTE",
                "identities.access.rules[1].path", "/b",
                "identities.access.rules[1].methods[0]", "BREW",
                "identities.access.rules[1].methods[1]", "PROPFIND",
                "identities.server.more-methods", "BREW"));

        assertThat(RuleMethods.warnings(environment))
                .singleElement()
                .asString()
                .startsWith("identities.access.rules[0].methods: found DELTE, which is no registered method");
    }

    @ParameterizedTest
    @CsvSource({
        "server.http2.enabled, true, server.http2.enabled: found true without TLS",
        "server.http2.enabled, false, ''",
        "server.forward-headers-strategy, FRAMEWORK, server.forward-headers-strategy: found framework",
        "server.forward-headers-strategy, native, server.forward-headers-strategy: found native",
        "server.forward-headers-strategy, none, ''"
    })
    void settingOfTheFrameworkThatDoesNothingHereIsTold(String name, String value, String warning) {
        assertThat(String.join("\n", IneffectiveSettings.warnings(settings(Map.of(name, value)))))
                .startsWith(warning)
                .satisfies(said -> assertThat(said.isEmpty()).isEqualTo(warning.isEmpty()));
    }

    @ParameterizedTest
    @CsvSource({
        "server.max-http-request-header-size, identities.headers.max-size",
        "spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[/**].allowed-origins, identities.cors",
        "spring.cloud.gateway.server.webflux.routes[0].metadata.cors.allowedOrigins, identities.cors"
    })
    void settingOfTheFrameworkInWhosePlaceIsOneOfOursIsTold(String name, String ours) {
        assertThat(IneffectiveSettings.warnings(settings(Map.of(name, "1"))))
                .singleElement()
                .asString()
                .contains("does nothing", ours);
        assertThat(IneffectiveSettings.warnings(
                        settings(Map.of("spring.cloud.gateway.server.webflux.routes[0].metadata.team", "1"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"server.ssl.bundle, web, true", "server.ssl.bundle, '', true", "server.ssl.enabled, false, false"})
    void http2IsSpokenOverTls(String name, String value, boolean silent) {
        MockEnvironment environment = settings(Map.of("server.http2.enabled", "true", name, value));

        assertThat(IneffectiveSettings.warnings(environment).isEmpty()).isEqualTo(silent);
    }

    @ParameterizedTest
    @CsvSource({"30, 1", "30s, 0", "0, 0", "PT30S, 0"})
    void durationWithoutAUnitIsTold(String written, int warnings) {
        BareNumberBindHandler bareNumbers = new BareNumberBindHandler();
        new Binder(new MapConfigurationPropertySource(Map.of("identities.x", written)))
                .bind("identities.x", Bindable.of(Duration.class), bareNumbers);

        assertThat(bareNumbers.warnings())
                .hasSize(warnings)
                .allMatch(warning -> warning.startsWith("identities.x: found 30 without a unit, taken for 30 ms"));
    }

    @ParameterizedTest
    @CsvSource({"16, 1", "16MB, 0", "0, 0", "16B, 0"})
    void sizeWithoutAUnitIsTold(String written, int warnings) {
        BareNumberBindHandler bareNumbers = new BareNumberBindHandler();
        Binder binder = new Binder(
                List.of(new MapConfigurationPropertySource(Map.of("identities.x", written))),
                null,
                ApplicationConversionService.getSharedInstance(),
                null);
        binder.bind("identities.x", Bindable.of(DataSize.class), bareNumbers);

        assertThat(bareNumbers.warnings())
                .hasSize(warnings)
                .allMatch(warning -> warning.startsWith("identities.x: found 16 without a unit, taken for 16 B"));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2s, 0", "two, 0"})
    void timeOfRedisWithoutAUnitIsTold(String written, int warnings) {
        BareNumberBindHandler bareNumbers = new BareNumberBindHandler();
        bareNumbers.lookAtRedis(
                new Binder(new MapConfigurationPropertySource(Map.of("spring.data.redis.timeout", written))));

        assertThat(bareNumbers.warnings())
                .hasSize(warnings)
                .allMatch(warning -> warning.startsWith("spring.data.redis.timeout: found 2 without a unit"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:secret@a/login ",
                "http://a/login\n",
                " http://a/login",
                "http://a/{name}",
                "http://a/${blank}"
            })
    void cfg10_anAddressWithACharacterThatNoAddressMayHaveIsTold(String written) {
        assertThat(brokenAddresses(written))
                .singleElement()
                .asString()
                .startsWith("identities.x: found an address whose character ")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a/login", "http://a/%20?x=%7By%7D", "http://[::1]:80/ü", "http://${host}/x"})
    void cfg10_anAddressIsTakenAsItIs(String written) {
        assertThat(brokenAddresses(written)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"timeout, 500us", "timeout, 25d", "cache, 0s"})
    void timeThatNoConnectionCanWaitStopsTheStart(String name, String value) {
        Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("identities.health." + name, value)));

        assertThatThrownBy(() -> binder.bind("identities.health", HealthSettings.class))
                .rootCause()
                .hasMessageStartingWith("identities.health." + name + ": found PT")
                .hasMessageEndingWith("expected 1 ms to 24 days");
    }

    private static Set<String> brokenAddresses(String written) {
        MockEnvironment environment = settings(Map.of("identities.x", written, "host", "a", "blank", "a "));
        BrokenAddressBindHandler broken =
                new BrokenAddressBindHandler(environment::resolvePlaceholders, BindHandler.DEFAULT);
        Binder.get(environment).bind("identities.x", Bindable.of(URI.class), broken);
        return broken.problems();
    }

    private static MockEnvironment settings(Map<String, String> settings) {
        MockEnvironment environment = new MockEnvironment();
        environment.setConversionService(new ApplicationConversionService());
        settings.forEach(environment::setProperty);
        return environment;
    }
}
