package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.mock.env.MockEnvironment;

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
    @CsvSource({"30, 1", "30s, 0", "0, 0", "PT30S, 0"})
    void durationWithoutAUnitIsTold(String written, int warnings) {
        BareNumbers bareNumbers = new BareNumbers();
        new Binder(new MapConfigurationPropertySource(Map.of("identities.x", written)))
                .bind("identities.x", Bindable.of(Duration.class), bareNumbers);

        assertThat(bareNumbers.warnings())
                .hasSize(warnings)
                .allMatch(warning -> warning.startsWith("identities.x: found 30 without a unit, taken for 30 ms"));
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

    private static Set<String> brokenAddresses(String written) {
        MockEnvironment environment = settings(Map.of("identities.x", written, "host", "a", "blank", "a "));
        BrokenAddresses broken = new BrokenAddresses(environment::resolvePlaceholders, BindHandler.DEFAULT);
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
