package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class EffectiveSettingsTest {

    private final MockEnvironment environment = new MockEnvironment();
    private final EffectiveSettings settings = new EffectiveSettings(environment);

    @Test
    void whatIsNotSetHasTheDefaultThatItsRecordDeclares() {
        assertThat(settings.text("identities.token.lifetime")).isEqualTo("30m");
        assertThat(settings.text("identities.backend.max-connections")).isEqualTo("500");
        assertThat(settings.text("identities.backend.uri")).isEmpty();
        assertThat(settings.isOn("identities.forward-auth.enabled")).isTrue();
        assertThat(settings.isOn("identities.access-log.enabled")).isFalse();
    }

    @Test
    void whatIsSetGoesBeforeItsDefault() {
        environment
                .withProperty("identities.backend.max-connections", "7")
                .withProperty("identities.forward-auth.enabled", "false");
        assertThat(settings.text("identities.backend.max-connections")).isEqualTo("7");
        assertThat(settings.isOn("identities.forward-auth.enabled")).isFalse();
    }
}
