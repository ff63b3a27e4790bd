package io.identities.gateway.ops;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.logging.Log;
import org.springframework.aot.AotDetector;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * With {@code spring.aot.enabled=true} the beans are selected at build time, which shortens the start by about a
 * quarter. If a setting of the framework would select other beans, switches AOT off, so that the setting is not
 * ignored. Our own settings select no beans.
 */
final class AheadOfTimeSwitch implements EnvironmentPostProcessor {

    /** The prefixes of the framework's settings on which bean conditions may depend. */
    static final Set<String> CHOOSING = Set.of("spring", "management", "server");

    /** Those below on which no bean depends; a test searches the framework's conditions. */
    static final List<ConfigurationPropertyName> HARMLESS = List.of(
            ConfigurationPropertyName.of(AotDetector.AOT_ENABLED),
            ConfigurationPropertyName.of("spring.application.name"),
            ConfigurationPropertyName.of("spring.application.pid"),
            ConfigurationPropertyName.of("spring.application.title"),
            ConfigurationPropertyName.of("spring.application.version"),
            ConfigurationPropertyName.of("spring.cloud.client"),
            ConfigurationPropertyName.of("spring.config"),
            ConfigurationPropertyName.of("spring.data.redis.cluster"),
            ConfigurationPropertyName.of("spring.data.redis.connect-timeout"),
            ConfigurationPropertyName.of("spring.data.redis.database"),
            ConfigurationPropertyName.of("spring.data.redis.host"),
            ConfigurationPropertyName.of("spring.data.redis.password"),
            ConfigurationPropertyName.of("spring.data.redis.port"),
            ConfigurationPropertyName.of("spring.data.redis.sentinel"),
            ConfigurationPropertyName.of("spring.data.redis.ssl"),
            ConfigurationPropertyName.of("spring.data.redis.timeout"),
            ConfigurationPropertyName.of("spring.data.redis.url"),
            ConfigurationPropertyName.of("spring.data.redis.username"),
            ConfigurationPropertyName.of("spring.profiles"),
            ConfigurationPropertyName.of("spring.ssl.bundle"),
            ConfigurationPropertyName.of("server.address"),
            ConfigurationPropertyName.of("server.port"),
            ConfigurationPropertyName.of("server.ssl"),
            ConfigurationPropertyName.of("management.server.address"),
            ConfigurationPropertyName.of("management.server.port"),
            ConfigurationPropertyName.of("management.server.ssl"));

    private final Log log;

    AheadOfTimeSwitch(DeferredLogFactory logs) {
        this.log = logs.getLog(AheadOfTimeSwitch.class);
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!AotDetector.useGeneratedArtifacts()) {
            return;
        }
        choosing(environment).ifPresent(name -> {
            log.info("Choosing the beans at the start rather than taking those of the build, because of " + name);
            SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");
        });
    }

    /** The first setting found on which beans may depend. */
    static Optional<ConfigurationPropertyName> choosing(ConfigurableEnvironment environment) {
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(environment).spliterator(), false)
                .filter(source -> !isPackaged(source))
                .flatMap(source ->
                        source instanceof IterableConfigurationPropertySource names ? names.stream() : Stream.empty())
                .filter(AheadOfTimeSwitch::isChoosing)
                .findFirst();
    }

    private static boolean isChoosing(ConfigurationPropertyName name) {
        return !name.isEmpty()
                && CHOOSING.contains(name.getElement(0, ConfigurationPropertyName.Form.UNIFORM))
                && HARMLESS.stream().noneMatch(harmless -> harmless.equals(name) || harmless.isAncestorOf(name));
    }

    /** These were in effect at build time as well. */
    private static boolean isPackaged(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && PackagedSettings.isFrom(underlying);
    }
}
