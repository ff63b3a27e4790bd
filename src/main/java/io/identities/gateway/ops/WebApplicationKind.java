package io.identities.gateway.ops;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Requires a reactive web application. Any other type would fail with a stack trace before our settings are checked.
 */
final class WebApplicationKind implements EnvironmentPostProcessor {

    private static final String PROPERTY = "spring.main.web-application-type";
    private static final Set<String> OTHERS = Set.of("servlet", "none");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String kind = environment.getProperty(PROPERTY, "").strip().toLowerCase(Locale.ROOT);
        if (OTHERS.contains(kind)) {
            throw new InvalidSettingsException(
                    List.of(PROPERTY + ": found " + kind + ", expected reactive, or nothing"));
        }
    }
}
