package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Finds settings without effect. Under our prefix they are an error in a file or an argument, and a warning in an
 * environment variable or a system property, which other software may set; names that Spring Cloud Gateway no longer
 * reads are a warning.
 */
final class UnknownSettings {

    private static final ConfigurationPropertyName OURS = ConfigurationPropertyName.of(KnownSettings.PREFIX);
    private static final ConfigurationPropertyName GATEWAY = ConfigurationPropertyName.of("spring.cloud.gateway");
    private static final String GATEWAY_TODAY = "spring.cloud.gateway.server.webflux.";

    /** Variables that Kubernetes sets in every container for a service whose name begins with our prefix. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("IDENTITIES_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP)(_\\w+)?)?)");

    private final KnownSettings known;
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private UnknownSettings(KnownSettings known) {
        this.known = known;
    }

    static UnknownSettings in(ConfigurableEnvironment environment, KnownSettings known) {
        UnknownSettings unknown = new UnknownSettings(known);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            unknown.check(source);
        }
        return unknown;
    }

    /** One sentence for each; they stop the start. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    private void check(ConfigurationPropertySource source) {
        Object underlying = source.getUnderlyingSource();
        if (underlying instanceof MapPropertySource variables
                && isNamed(underlying, StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
            checkVariables(variables);
        } else if (source instanceof IterableConfigurationPropertySource iterable) {
            checkNames(iterable, isNamed(underlying, StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
        }
    }

    private void checkNames(IterableConfigurationPropertySource source, boolean sharedWithOthers) {
        Set<ConfigurationPropertyName> names = new TreeSet<>(source.stream().toList());
        for (ConfigurationPropertyName name : names) {
            if (OURS.isAncestorOf(name) && !known.contains(name) || isAllOfOurs(name, source)) {
                (sharedWithOthers ? warnings : errors).add(sentence(name, source));
            } else if (GATEWAY.isAncestorOf(name)) {
                checkGatewayName(name, source);
            }
        }
    }

    /** A value for the prefix itself; a file may have the prefix without any setting. */
    private static boolean isAllOfOurs(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        ConfigurationProperty property = OURS.equals(name) ? source.getConfigurationProperty(name) : null;
        return property != null && !String.valueOf(property.getValue()).isBlank();
    }

    private void checkGatewayName(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        String text = name.toString();
        if (!text.startsWith(GATEWAY_TODAY)) {
            warnings.add(text + where(source, name) + " does nothing; Spring Cloud Gateway now reads " + GATEWAY_TODAY
                    + text.substring(GATEWAY.toString().length() + 1));
        }
    }

    private void checkVariables(MapPropertySource variables) {
        for (Map.Entry<String, Object> variable : variables.getSource().entrySet()) {
            String name = variable.getKey().toUpperCase(Locale.ROOT);
            if (name.startsWith("IDENTITIES_")
                    && !SERVICE_LINK.matcher(name).matches()
                    && !known.containsVariable(name)) {
                warnings.add(variable.getKey() + " (environment variable) does nothing: no setting has that name");
            }
        }
    }

    private String sentence(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        if (known.isSection(name)) {
            return name + ": found a value where a section begins" + where(source, name)
                    + ", expected settings below it, or nothing: an empty section is left out";
        }
        String hint = known.nearest(name)
                .map(near -> "expected a known name, perhaps " + near.replace("[]", "[n]"))
                .orElse("expected a known name; the README lists them all");
        return name + ": found an unknown setting" + where(source, name) + ", " + hint;
    }

    private static String where(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        return SettingOrigin.of(property == null ? null : property.getOrigin());
    }

    private static boolean isNamed(@Nullable Object underlying, String name) {
        return underlying instanceof PropertySource<?> source
                && source.getName().equals(name);
    }
}
