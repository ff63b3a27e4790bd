package io.identities.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SessionSettingsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "login", "/a b", "/a//b", "/a;b", "/a%20b", "/a/../b", "/a?b", "/a#b", "/a/*", "/a/**"})
    void pathMustBePlain(String path) {
        assertThatThrownBy(() -> settings(Map.of("identities.endpoints.authenticate.path", path)))
                .hasStackTraceContaining("identities.endpoints.authenticate.path: found '" + path + "', expected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/authenticate", "/API/v1/authenticate", "/api/v1/authenticate/"})
    void pathsMustReadDifferently(String path) {
        assertThatThrownBy(() -> settings(Map.of("identities.endpoints.renew-token.path", path)))
                .hasStackTraceContaining("identities.endpoints.renew-token.path: found '" + path + "'")
                .hasStackTraceContaining("identities.endpoints.authenticate.path");
    }

    @Test
    void pathOfASwitchedOffEndpointIsFree() {
        SessionSettings settings = settings(Map.of(
                "identities.endpoints.authenticate.enabled", "false",
                "identities.endpoints.renew-token.path", "/api/v1/authenticate"));
        assertThat(settings.renewToken().path()).isEqualTo("/api/v1/authenticate");
    }

    private static SessionSettings settings(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("identities.endpoints", SessionSettings.class);
    }
}
