package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Finds settings with an unresolved {@code ${NAME}}: a forgotten variable, or a secret that happens to contain such
 * text. Spring's own message names neither the setting nor its origin and may quote the value.
 */
final class EmptyPlaceholders {

    /** Ours, and the framework's that configure a gateway; settings of a route may contain such text on purpose. */
    private static final List<ConfigurationPropertyName> SECTIONS = List.of(
            ConfigurationPropertyName.of(KnownSettings.PREFIX),
            ConfigurationPropertyName.of("management"),
            ConfigurationPropertyName.of("server"),
            ConfigurationPropertyName.of("spring.data.redis"),
            ConfigurationPropertyName.of("spring.lifecycle"),
            ConfigurationPropertyName.of("spring.ssl"));

    private EmptyPlaceholders() {}

    /** One sentence for each. */
    static List<String> in(ConfigurableEnvironment environment) {
        List<String> problems = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource settings) {
                settings.stream()
                        .filter(name -> SECTIONS.stream().anyMatch(section -> section.isAncestorOf(name)))
                        .map(settings::getConfigurationProperty)
                        .forEach(setting -> resolve(environment, setting, problems));
            }
        }
        return problems;
    }

    private static void resolve(
            ConfigurableEnvironment environment, @Nullable ConfigurationProperty setting, List<String> problems) {
        if (setting == null) {
            // A JSON null has a name but no value.
            return;
        }
        try {
            environment.resolveRequiredPlaceholders(String.valueOf(setting.getValue()));
        } catch (PlaceholderResolutionException e) {
            String name = setting.getName().toString();
            String placeholder = SettingProblem.isSecret(name) ? "a placeholder" : "${" + e.getPlaceholder() + "}";
            problems.add(name + ": found " + placeholder + " without a value" + SettingOrigin.of(setting.getOrigin())
                    + ", expected one (or \\${ where the text itself is meant)");
        }
    }
}
