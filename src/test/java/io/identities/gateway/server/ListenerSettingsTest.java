package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ListenerSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "header-timeout, 120000d, PT2880000H",
        "idle-timeout, 0, PT0S",
        "linger-timeout, 20000d, PT480000H",
        "send-timeout, -1ms, PT-0.001S"
    })
    void timeThatNobodyCanCountStopsTheStart(String name, String value, String found) {
        assertThatThrownBy(() -> bind(name, value))
                .rootCause()
                .hasMessageStartingWith("identities.server." + name + ": found " + found + ", expected 1 ms to ");
    }

    @ParameterizedTest
    @CsvSource({"header-timeout, 1ms", "idle-timeout, 365d"})
    void timeFromAMillisecondToAYearIsTaken(String name, String value) {
        assertThat(bind(name, value)).isNotNull();
    }

    private static ListenerSettings bind(String name, String value) {
        return new Binder(new MapConfigurationPropertySource(Map.of("identities.server." + name, value)))
                .bind("identities.server", ListenerSettings.class)
                .get();
    }
}
