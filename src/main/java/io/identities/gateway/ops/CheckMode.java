package io.identities.gateway.ops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    private static final Set<String> HOW = Set.of("", "true", "probe");

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

    /** As it is written. */
    static @Nullable String publicPort(Environment environment) {
        return environment.getProperty(isPresent(environment) ? PORT : "server.port");
    }

    /** As it is written; null where it is not set: then there is no port of its own. */
    static @Nullable String managementPort(Environment environment) {
        return environment.getProperty(isPresent(environment) ? MANAGEMENT_PORT : "management.server.port");
    }

    private static boolean isPresent(Environment environment) {
        return environment.containsProperty(PORT);
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!isOn(environment)) {
            return;
        }
        String how = environment.getProperty(ARGUMENT, "");
        if (!HOW.contains(how)) {
            throw new InvalidSettingsException(
                    List.of("--check: found \"" + how + "\", expected nothing behind it, or --check=probe"));
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(PORT, written(environment, "server.port"));
        settings.put(MANAGEMENT_PORT, written(environment, "management.server.port"));
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

    /** Placeholders are looked at later, together with all others. */
    private static Object written(ConfigurableEnvironment environment, String name) {
        return environment.getPropertySources().stream()
                .map(source -> source.getProperty(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("8080");
    }
}
