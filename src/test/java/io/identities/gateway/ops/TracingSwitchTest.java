package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class TracingSwitchTest {

    @ParameterizedTest
    @CsvSource({"true, true", "on, true", "YES, true", "1, true", "false, false", "off, false", "perhaps, false"})
    void switchIsReadInEverySpellingThatBinds(String written, boolean on) {
        MockEnvironment environment = new MockEnvironment().withProperty("identities.tracing.enabled", written);

        new TracingSwitch().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getPropertySources().contains("tracing")).isEqualTo(on);
    }
}
