package io.identities.gateway.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Keeps the settings in the jar in effect, with the lowest precedence. Other configuration locations, or another
 * {@code application.yml} on the class path, would replace them by accident, including the loggers that are kept from
 * writing passwords, the disabled management endpoints and several optimisations.
 */
final class PackagedSettings implements EnvironmentPostProcessor {

    private static final String FILE = "class path resource [application.yml]";
    private static final String EVERY = "classpath*:application.yml";

    /** A setting of the file in the jar that other files hardly have. */
    private static final String MARK = "logging.level.reactor.netty.http.server.HttpServerOperations";

    private static final String DEFAULTS = "defaultProperties";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        if (sources.stream().anyMatch(PackagedSettings::isTheirs)) {
            return;
        }
        PropertySource<?> packaged = read(application.getClassLoader());
        if (sources.contains(DEFAULTS)) {
            sources.addBefore(DEFAULTS, packaged);
        } else {
            sources.addLast(packaged);
        }
    }

    /** Whether the settings come from the file in the jar, or from one that replaces it. */
    static boolean isFrom(PropertySource<?> source) {
        return source.getName().contains(FILE);
    }

    private static boolean isTheirs(PropertySource<?> source) {
        return isFrom(source) && source.containsProperty(MARK);
    }

    private static PropertySource<?> read(ClassLoader classLoader) {
        try {
            for (Resource file : new PathMatchingResourcePatternResolver(classLoader).getResources(EVERY)) {
                List<PropertySource<?>> documents = new YamlPropertySourceLoader().load(FILE, file);
                if (documents.size() == 1 && isTheirs(documents.get(0))) {
                    return documents.get(0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("No " + EVERY + " sets " + MARK + ", which the one of the gateway does");
    }
}
