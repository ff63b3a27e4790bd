package io.identities.gateway.ops;

import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * TLS of the management port, which the settings in the jar disable: a bundle alone would leave the port in plain text,
 * although Boot by itself would use it.
 */
final class ManagementTls {

    private static final ConfigurationPropertyName TLS = ConfigurationPropertyName.of("management.server.ssl");
    private static final ConfigurationPropertyName ENABLED = TLS.append("enabled");

    private ManagementTls() {}

    /** A sentence if any of its settings is present without {@code enabled}. */
    static Optional<String> problem(ConfigurableEnvironment environment) {
        return sources(environment).anyMatch(source -> source.getConfigurationProperty(ENABLED) != null)
                ? Optional.empty()
                : sources(environment)
                        .flatMap(ManagementTls::names)
                        .filter(TLS::isAncestorOf)
                        .findFirst()
                        .map(name -> name + ": found without " + ENABLED
                                + ", which is false unless it is set, expected " + ENABLED + "=true beside it");
    }

    private static Stream<ConfigurationPropertySource> sources(ConfigurableEnvironment environment) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .filter(source -> !(source.getUnderlyingSource() instanceof PropertySource<?> underlying
                        && PackagedSettings.isFrom(underlying)));
    }

    private static Stream<ConfigurationPropertyName> names(ConfigurationPropertySource source) {
        return source instanceof IterableConfigurationPropertySource names ? names.stream() : Stream.empty();
    }
}
