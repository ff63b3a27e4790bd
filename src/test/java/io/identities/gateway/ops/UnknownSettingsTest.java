package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class UnknownSettingsTest {

    private static final KnownSettings KNOWN = new KnownSettings(Set.of(
            "identities.mode",
            "identities.backend.uri",
            "identities.backend.connect-timeout",
            "identities.access.rules",
            "identities.access.rules[]",
            "identities.access.rules[].path",
            "identities.access.rules[].methods",
            "identities.access.rules[].methods[]",
            "identities.claims.*"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identities.mode",
                "identities.backend.uri",
                "identities.backend.connectTimeout",
                "identities.backend.connect_timeout",
                "identities.access.rules[0].path",
                "identities.access.rules[12].methods[1]",
                "identities.claims.department"
            })
    void knownNameInAnySpellingThatSpringReadsIsLeftAlone(String name) {
        UnknownSettings unknown = UnknownSettings.in(file(name), KNOWN);

        assertThat(unknown.errors()).isEmpty();
        assertThat(unknown.warnings()).isEmpty();
    }

    @Test
    void typingErrorNamesWhatWasProbablyMeant() {
        assertThat(UnknownSettings.in(file("identities.backend.url"), KNOWN).errors())
                .singleElement()
                .asString()
                .startsWith("identities.backend.url: found an unknown setting")
                .contains("perhaps identities.backend.uri");
    }

    @Test
    void sectionThatWasLeftEmptyIsNotCalledUnknown() {
        assertThat(UnknownSettings.in(file("identities.backend"), KNOWN).errors())
                .singleElement()
                .asString()
                .startsWith("identities.backend: found a value where a section begins");
    }

    @Test
    void valueInThePlaceOfAllSettingsIsToldAndAnEmptyPlaceIsLeftAlone() {
        assertThat(UnknownSettings.in(file("identities"), KNOWN).errors())
                .singleElement()
                .asString()
                .startsWith("identities: found a value where a section begins");
        assertThat(UnknownSettings.in(file("identities", ""), KNOWN).errors()).isEmpty();
    }

    @Test
    void typingErrorInAListElementIsFound() {
        assertThat(UnknownSettings.in(file("identities.access.rules[3].pth"), KNOWN)
                        .errors())
                .singleElement()
                .asString()
                .contains("perhaps identities.access.rules[n].path");
    }

    @Test
    void nameThatIsLikeNoOtherGetsNoGuess() {
        assertThat(UnknownSettings.in(file("identities.wholly-different-thing-altogether"), KNOWN)
                        .errors())
                .singleElement()
                .asString()
                .doesNotContain("perhaps");
    }

    @Test
    void oldNameOfTheGatewayIsAWarningThatGivesTheNewOne() {
        UnknownSettings unknown = UnknownSettings.in(file("spring.cloud.gateway.httpclient.connect-timeout"), KNOWN);

        assertThat(unknown.errors()).isEmpty();
        assertThat(unknown.warnings())
                .singleElement()
                .asString()
                .contains("spring.cloud.gateway.server.webflux.httpclient.connect-timeout");
    }

    @Test
    void environmentVariableIsReadLoosely() {
        assertThat(UnknownSettings.in(
                                variables(
                                        "IDENTITIES_BACKEND_URI",
                                        "IDENTITIES_BACKEND_CONNECTTIMEOUT",
                                        "IDENTITIES_BACKEND_CONNECT_TIMEOUT",
                                        "IDENTITIES_ACCESS_RULES_0_PATH",
                                        "IDENTITIES_ACCESS_RULES_10_METHODS_1",
                                        "IDENTITIES_CLAIMS_LEVEL_2"),
                                KNOWN)
                        .warnings())
                .isEmpty();
    }

    @Test
    void unknownEnvironmentVariableIsAWarningAndNoError() {
        for (String name :
                List.of("IDENTITIES_BACKEND_URL", "IDENTITIES_BACKEND_URI_0", "IDENTITIES_ACCESS_RULES_PATH")) {
            UnknownSettings unknown = UnknownSettings.in(variables(name), KNOWN);

            assertThat(unknown.errors()).isEmpty();
            assertThat(unknown.warnings()).singleElement().asString().startsWith(name + " ");
        }
    }

    @Test
    void serviceLinksOfKubernetesAreNoSettings() {
        UnknownSettings unknown = UnknownSettings.in(
                variables(
                        "IDENTITIES_SERVICE_HOST",
                        "IDENTITIES_SERVICE_PORT",
                        "IDENTITIES_SERVICE_PORT_HTTP",
                        "IDENTITIES_PORT",
                        "IDENTITIES_PORT_8080_TCP",
                        "IDENTITIES_PORT_8080_TCP_ADDR",
                        "IDENTITIES_GATEWAY_PORT_8080_TCP_PROTO",
                        "IDENTITIES_GATEWAY_SERVICE_HOST"),
                KNOWN);

        assertThat(unknown.warnings()).isEmpty();
        assertThat(unknown.errors()).isEmpty();
    }

    private static StandardEnvironment file(String name) {
        return file(name, "x");
    }

    private static StandardEnvironment file(String name, String value) {
        StandardEnvironment environment = withoutSourcesOfTheBuild();
        environment.getPropertySources().addFirst(new MapPropertySource("file", Map.of(name, value)));
        return environment;
    }

    private static StandardEnvironment variables(String... names) {
        StandardEnvironment environment = withoutSourcesOfTheBuild();
        Map<String, Object> values = new HashMap<>();
        for (String name : names) {
            values.put(name, "x");
        }
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, values));
        return environment;
    }

    private static StandardEnvironment withoutSourcesOfTheBuild() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of()));
        return environment;
    }
}
