package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Finds settings of ours that lack their prefix, as a lost indent leaves them: {@code access.default=denied} would have no
 * effect, and everything would be open. Searches files and arguments only, since others set environment variables too, and
 * ignores names that another setting refers to by a placeholder.
 */
final class UnprefixedSettings {

    private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of(KnownSettings.PREFIX);

    /** Sources that others fill too. */
    private static final Set<String> SHARED = Set.of(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
            "spring.application.json");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:{}]+)");
    private static final Pattern LOWER_CASE = Pattern.compile("[a-z]");

    private final KnownSettings known;
    private final Set<String> sections;

    private UnprefixedSettings(KnownSettings known) {
        this.known = known;
        this.sections = known.names().stream()
                .filter(name -> name.startsWith(KnownSettings.PREFIX + "."))
                .map(name -> ConfigurationPropertyName.adapt(name.replace("[]", ""), '.')
                        .getElement(1, Form.UNIFORM))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** One sentence for each; without the value, which may be a secret. */
    static List<String> in(ConfigurableEnvironment environment, KnownSettings known) {
        List<ConfigurationProperty> found = new UnprefixedSettings(known).find(environment);
        Set<String> referredTo = found.isEmpty() ? Set.of() : referredTo(environment);
        Set<String> problems = new TreeSet<>(StrayArguments.unprefixed(environment, known));
        for (ConfigurationProperty property : found) {
            if (!referredTo.contains(uniform(property.getName()))) {
                problems.add(sentence(property));
            }
        }
        return List.copyOf(problems);
    }

    private List<ConfigurationProperty> find(ConfigurableEnvironment environment) {
        List<ConfigurationProperty> found = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names && isOfThisApplication(source)) {
                names.stream()
                        .filter(this::isOurs)
                        .map(source::getConfigurationProperty)
                        .filter(property -> property != null && !isWrittenLikeAVariable(property))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static boolean isOfThisApplication(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && !SHARED.contains(underlying.getName())
                && !PackagedSettings.isFrom(underlying);
    }

    private boolean isOurs(ConfigurationPropertyName name) {
        return !name.isEmpty()
                && sections.contains(name.getElement(0, Form.UNIFORM))
                && known.contains(OURS.append(name));
    }

    private static String sentence(ConfigurationProperty property) {
        ConfigurationPropertyName name = property.getName();
        return name + ": found without identities. in front" + SettingOrigin.of(property.getOrigin())
                + ", where the gateway does not read it, expected " + OURS.append(name);
    }

    /** {@code MODE} in a file of variables that is imported. */
    private static boolean isWrittenLikeAVariable(ConfigurationProperty property) {
        return property.getOrigin() instanceof PropertySourceOrigin origin
                && !LOWER_CASE.matcher(origin.getPropertyName()).find();
    }

    private static Set<String> referredTo(ConfigurableEnvironment environment) {
        Set<String> names = new HashSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    addPlaceholders(String.valueOf(enumerable.getProperty(name)), names);
                }
            }
        }
        return names;
    }

    private static void addPlaceholders(String value, Set<String> names) {
        Matcher placeholder = PLACEHOLDER.matcher(value);
        while (placeholder.find()) {
            names.add(
                    uniform(ConfigurationPropertyName.adapt(placeholder.group(1).strip(), '.')));
        }
    }

    private static String uniform(ConfigurationPropertyName name) {
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            elements.add(name.getElement(i, Form.UNIFORM));
        }
        return String.join(".", elements);
    }
}
