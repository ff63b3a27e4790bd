package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class BackendSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "connect-timeout, 500us, PT0.0005S",
        "connect-timeout, 25d, PT600H",
        "response-timeout, 0s, PT0S",
        "stream-idle-timeout, 999us, PT0.000999S",
        "request-idle-timeout, -1s, PT-1S",
        "max-connection-age, 120000d, PT2880000H"
    })
    void timeThatNobodyCanCountStopsTheStart(String name, String value, String found) {
        assertThatThrownBy(() -> bind(name, value))
                .rootCause()
                .hasMessageStartingWith("identities.backend." + name + ": found " + found + ", expected 1 ms to ");
    }

    @ParameterizedTest
    @CsvSource({"connect-timeout, 1ms", "connect-timeout, 24d", "stream-idle-timeout, 365d"})
    void timeFromAMillisecondToAYearIsTaken(String name, String value) {
        assertThat(bind(name, value)).isNotNull();
    }

    @Test
    void bundleForAnAddressWithoutTlsStopsTheStart() {
        assertThatThrownBy(() ->
                        bind(Map.of("identities.backend.uri", "http://a", "identities.backend.ssl-bundle", "backend")))
                .rootCause()
                .hasMessageStartingWith("identities.backend.ssl-bundle: found 'backend' with an http address");
        assertThat(bind(Map.of("identities.backend.uri", "http://a", "identities.backend.ssl-bundle", "")))
                .isNotNull();
    }

    private static BackendSettings bind(String name, String value) {
        return bind(Map.of("identities.backend." + name, value));
    }

    private static BackendSettings bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bind("identities.backend", BackendSettings.class)
                .get();
    }
}
