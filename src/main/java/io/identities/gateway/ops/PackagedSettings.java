package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * The settings in the jar have to be in force. Whoever names the locations of files anew, or brings an
 * {@code application.yml} on the class path, leaves them out without meaning it: with them go the loggers that are kept
 * from writing passwords, the closed endpoints of management and a good deal of speed.
 */
final class PackagedSettings implements EnvironmentPostProcessor {

    private static final String FILE = "class path resource [application.yml]";

    /** Stands in the file of the jar, and hardly in anybody else's. */
    private static final String MARK = "logging.level.reactor.netty.http.server.HttpServerOperations";

    private static final String LOCATION = "spring.config.location";
    private static final String NAME = "spring.config.name";
    private static final String OWN_FILES = "spring.config.additional-location for files of your own";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean inForce = environment.getPropertySources().stream()
                .anyMatch(source -> isFrom(source) && source.containsProperty(MARK));
        if (!inForce) {
            throw new InvalidSettingsException(List.of(sentence(environment)));
        }
    }

    /** Whether the settings come from the file in the jar, or one in its place. */
    static boolean isFrom(PropertySource<?> source) {
        return source.getName().contains(FILE);
    }

    private static String sentence(Environment environment) {
        if (environment.containsProperty(LOCATION)) {
            return LOCATION + ": found " + LogText.of(environment.getProperty(LOCATION, ""))
                    + ", which leaves out the settings in the jar, expected " + OWN_FILES;
        }
        if (environment.containsProperty(NAME)) {
            return NAME + ": found " + LogText.of(environment.getProperty(NAME, ""))
                    + ", which leaves out the settings in the jar, expected application, and " + OWN_FILES;
        }
        return "application.yml: found one on the class path in the place of the gateway's own, expected"
                + " config/application.yml there";
    }
}
