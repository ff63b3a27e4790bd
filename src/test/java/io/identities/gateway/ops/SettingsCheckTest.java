package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.keys.KeySource;
import io.identities.gateway.testing.LogCapture;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.mock.env.MockEnvironment;

class SettingsCheckTest {

    private static final String BEAN = "identities.management-" + ManagementSettings.class.getName();

    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    private final MockEnvironment environment = new MockEnvironment()
            .withProperty("identities.keys.secret", "a-secret-of-at-least-thirty-two-bytes")
            .withProperty("identities.backend.uri", "http://127.0.0.1:1")
            .withProperty("identities.endpoints.authenticate.enabled", "false")
            .withProperty("management.server.port", "8081");

    SettingsCheckTest() {
        environment.setConversionService(new ApplicationConversionService());
        beans.registerBeanDefinition(BEAN, new RootBeanDefinition(ManagementSettings.class));
    }

    @Test
    void whatItBoundIsTheBean() {
        environment.setProperty("identities.management.page", "false");

        new SettingsCheck(environment).postProcessBeanFactory(beans);

        assertThat(beans.getSingleton(BEAN)).isNotNull().isSameAs(beans.getBean(ManagementSettings.class));
        assertThat(beans.getBean(ManagementSettings.class).page()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"companion", "Companion", "COMPANION "})
    void modeIsReadInEverySpellingThatBinds(String mode) {
        environment.setProperty("identities.backend.uri", "");
        environment.setProperty("identities.mode", mode);

        assertThatCode(() -> new SettingsCheck(environment).postProcessBeanFactory(beans))
                .doesNotThrowAnyException();
    }

    @Test
    void basePathOfTheFrameworkIsRefused() {
        environment.setProperty("spring.webflux.base-path", "/identities");

        assertThatThrownBy(() -> new SettingsCheck(environment).postProcessBeanFactory(beans))
                .hasMessageContaining("spring.webflux.base-path: found '/identities', expected nothing")
                .hasMessageContaining("identities.base-path");
    }

    @Test
    void nothingIsABeanThatCannotBeBound() {
        environment.setProperty("identities.management.page", "perhaps");

        assertThatThrownBy(() -> new SettingsCheck(environment).postProcessBeanFactory(beans))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("identities.management.page");
        assertThat(beans.getSingleton(BEAN)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "identities.groups.one, identities.groups.one",
        "identities.groups.names, identities.groups.names",
        "identities.groups.many, identities.groups.many[0] and so on",
        "identities.groups.many[0], identities.groups.many[0]"
    })
    void valueInThePlaceOfAGroupIsTold(String name, String below) {
        beans.registerBeanDefinition(
                "identities.groups-" + Groups.class.getName(), new RootBeanDefinition(Groups.class));
        environment.setProperty(name, "x");

        assertThatThrownBy(() -> new SettingsCheck(environment).postProcessBeanFactory(beans))
                .hasMessageMatching("(?s).*" + Pattern.quote(name) + ": found (\"x\"|a value where a section begins).*"
                        + ", expected settings below " + Pattern.quote(below) + "(\n.*|$)");
    }

    record Groups(Group one, List<Group> many, Map<String, String> names) {}

    record Group(String name) {}

    @Test
    void keySourceOfOnesOwnNeedsNoSettingOfKeys() {
        MockEnvironment without = new MockEnvironment()
                .withProperty("identities.backend.uri", "http://127.0.0.1:1")
                .withProperty("identities.endpoints.authenticate.enabled", "false")
                .withProperty("management.server.port", "8081");
        SettingsCheck check = new SettingsCheck(without);
        DefaultListableBeanFactory own = new DefaultListableBeanFactory();
        own.registerBeanDefinition("keys", new RootBeanDefinition(KeySource.class, () -> () -> null));

        assertThatThrownBy(() -> check.postProcessBeanFactory(beans)).hasMessageContaining("identities.keys: found");
        assertThatCode(() -> check.postProcessBeanFactory(own)).doesNotThrowAnyException();
    }

    @Test
    void settingWithoutThePrefixStopsTheStartUnlessABeanOfOnesOwnMayReadIt() {
        environment.setProperty("access.default", "denied");

        assertThatThrownBy(() -> new SettingsCheck(environment).postProcessBeanFactory(beans))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("access.default: found without identities. in front");

        DefaultListableBeanFactory own = new DefaultListableBeanFactory();
        RootBeanDefinition bean = new RootBeanDefinition();
        bean.setBeanClassName("example.Gateway");
        own.registerBeanDefinition("gateway", bean);
        try (LogCapture log = LogCapture.of(SettingsCheck.class)) {
            new SettingsCheck(environment).postProcessBeanFactory(own);

            assertThat(log.messages()).anyMatch(line -> line.startsWith("access.default: found without identities."));
        }
    }
}
