package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UnprefixedSettingsTest {

    private static final KnownSettings KNOWN = SettingsMetadata.known();

    @ParameterizedTest
    @CsvSource({
        "access.default, identities.access.default",
        "access.rules[0].path, identities.access.rules[0].path",
        "access.rules[2].allow.any-role[1], identities.access.rules[2].allow.any-role[1]",
        "trusted-issuers[0].jwks-uri, identities.trusted-issuers[0].jwks-uri",
        "trustedIssuers[0].jwksUri, identities.trustedissuers[0].jwksuri",
        "credentials.http.claims.department, identities.credentials.http.claims.department",
        "management.token-file, identities.management.token-file",
        "server.idle-timeout, identities.server.idle-timeout",
        "mode, identities.mode",
        "shared-state, identities.shared-state"
    })
    void settingWithoutThePrefixIsToldInFilesAndArguments(String name, String meant) {
        for (StandardEnvironment environment : List.of(
                with(file(Map.of(name, "sesame"))),
                with(new SimpleCommandLinePropertySource("--" + name + "=sesame")))) {
            assertThat(UnprefixedSettings.in(environment, KNOWN))
                    .singleElement()
                    .asString()
                    .contains(": found without identities. in front (")
                    .containsIgnoringCase("expected " + meant)
                    .doesNotContain("sesame");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"access.defaults", "backends.uri", "identities.access.default", "token", "keys", "unrelated"})
    void nameThatIsNoneOfOursWithThePrefixIsLeftAlone(String name) {
        assertThat(UnprefixedSettings.in(with(file(Map.of(name, "x"))), KNOWN)).isEmpty();
    }

    @Test
    void noSettingOfALibraryIsTakenForOurs() throws IOException {
        Map<String, Object> theirs = new HashMap<>();
        for (URL metadata : Collections.list(
                getClass().getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            for (JsonNode property :
                    JsonMapper.shared().readTree(metadata.openStream()).path("properties")) {
                theirs.put(property.path("name").asString(), "x");
            }
        }

        assertThat(theirs).hasSizeGreaterThan(500).containsKeys("server.port", "identities.mode");
        assertThat(UnprefixedSettings.in(with(file(theirs)), KNOWN)).isEmpty();
    }

    @Test
    void nameToWhichASettingRefersIsItsOwn() {
        Map<String, Object> settings = Map.of(
                "mode", "companion",
                "identities.mode", "${mode}",
                "backend.uri", "http://127.0.0.1:1",
                "identities.backend.uri", "${OTHER:${backend.uri:}}/api",
                "shared-state", "redis");

        assertThat(UnprefixedSettings.in(with(file(settings)), KNOWN))
                .singleElement()
                .asString()
                .startsWith("shared-state: ");
    }

    @Test
    void whatOthersMaySetTooIsLeftAlone() {
        Map<String, Object> settings = Map.of("mode", "x", "access.default", "x");

        assertThat(UnprefixedSettings.in(with(new MapPropertySource("spring.application.json", settings)), KNOWN))
                .isEmpty();
        assertThat(UnprefixedSettings.in(
                        with(new MapPropertySource(
                                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, settings)),
                        KNOWN))
                .isEmpty();
        assertThat(UnprefixedSettings.in(
                        with(new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("MODE", "x", "ACCESS_DEFAULT", "x", "mode", "x"))),
                        KNOWN))
                .isEmpty();
    }

    @Test
    void variablesInAFileThatIsImportedAreLeftAlone() {
        assertThat(UnprefixedSettings.in(with(file(Map.of("MODE", "x", "BACKEND_URI", "x"))), KNOWN))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"–access.default=secret", "-access.default=secret", "-Daccess.default", "access.default=secret"})
    void argumentThatLacksDashesAsWellIsTold(String argument) {
        assertThat(UnprefixedSettings.in(with(new SimpleCommandLinePropertySource(argument)), KNOWN))
                .singleElement()
                .asString()
                .isEqualTo("access.default: found as an argument without two dashes in front, which does nothing,"
                        + " expected --identities.access.default");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode", "access.default", "file=access.default", "–verbose", "=", "–", ","})
    void otherArgumentIsLeftToOthers(String argument) {
        assertThat(UnprefixedSettings.in(with(new SimpleCommandLinePropertySource(argument)), KNOWN))
                .isEmpty();
    }

    private static MapPropertySource file(Map<String, Object> settings) {
        return new MapPropertySource("file", settings);
    }

    private static StandardEnvironment with(PropertySource<?> source) {
        StandardEnvironment environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.forEach(other -> sources.remove(other.getName()));
        sources.addFirst(source);
        return environment;
    }
}
