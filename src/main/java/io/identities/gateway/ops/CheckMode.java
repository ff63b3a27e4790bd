package io.identities.gateway.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * {@code --check}: everything is made as for serving, on loopback ports that nobody knows, so that whatever would stop the
 * start stops the check; then a report is printed and the process ends with 0, or 1. {@code --check=probe} also looks at
 * what the gateway depends on.
 */
final class CheckMode implements EnvironmentPostProcessor {

    private static final String ARGUMENT = "check";
    private static final String COMMAND_LINE = "commandLineArgs";

    /** What the ports would be without the check, which takes others. */
    private static final String PORT = "check.server.port";

    private static final String MANAGEMENT_PORT = "check.management.server.port";

    /** Only an argument switches it on, never a file or a variable. */
    static boolean isOn(ConfigurableEnvironment environment) {
        var arguments = environment.getPropertySources().get(COMMAND_LINE);
        return arguments != null && arguments.containsProperty(ARGUMENT);
    }

    static boolean isProbing(Environment environment) {
        return "probe".equals(environment.getProperty(ARGUMENT));
    }

    static @Nullable Integer publicPort(Environment environment) {
        return environment.getProperty(isPresent(environment) ? PORT : "server.port", Integer.class);
    }

    /** Null where it is not set: then there is no port of its own. */
    static @Nullable Integer managementPort(Environment environment) {
        String name = isPresent(environment) ? MANAGEMENT_PORT : "management.server.port";
        return environment.getProperty(name, Integer.class);
    }

    private static boolean isPresent(Environment environment) {
        return environment.containsProperty(PORT);
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!isOn(environment)) {
            return;
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(PORT, environment.getProperty("server.port", "8080"));
        settings.put(MANAGEMENT_PORT, environment.getProperty("management.server.port", "8080"));
        settings.put("server.port", "0");
        settings.put("server.address", "127.0.0.1");
        settings.put("management.server.port", "0");
        settings.put("management.server.address", "127.0.0.1");
        settings.put("identities.shutdown.pre-stop-delay", "0s");
        settings.put("identities.warm-up.enabled", "false");
        settings.put("logging.level.root", "ERROR");
        settings.put("logging.level.io.identities.gateway", "WARN");
        settings.put("logging.pattern.console", "%m%n");
        settings.put("logging.structured.format.console", "");
        environment.getPropertySources().addFirst(new MapPropertySource("check", settings));
    }
}
