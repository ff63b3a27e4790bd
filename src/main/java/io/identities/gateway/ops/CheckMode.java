package io.identities.gateway.ops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/**
 * {@code --check}: starts everything as for serving, but on ephemeral loopback ports, so that the check fails on
 * everything that would stop the start; then prints a report and exits with 0 or 1. {@code --check=probe} also probes
 * the gateway's dependencies.
 */
final class CheckMode implements EnvironmentPostProcessor {

    private static final String ARGUMENT = "check";
    private static final String COMMAND_LINE = "commandLineArgs";
    private static final Set<String> HOW = Set.of("", "true", "probe");

    /** The property source with the settings that the check overrides. */
    private static final String SOURCE = "check";

    /** Only an argument switches it on, never a file or a variable. */
    static boolean isOn(ConfigurableEnvironment environment) {
        var arguments = environment.getPropertySources().get(COMMAND_LINE);
        return arguments != null && arguments.containsProperty(ARGUMENT);
    }

    static boolean isProbing(Environment environment) {
        return "probe".equals(environment.getProperty(ARGUMENT));
    }

    /** The settings without the check's overrides, so that a mistake in an overridden one is found. */
    static ConfigurableEnvironment asWritten(ConfigurableEnvironment environment) {
        if (!environment.getPropertySources().contains(SOURCE)) {
            return environment;
        }
        StandardEnvironment written = new StandardEnvironment();
        MutablePropertySources sources = written.getPropertySources();
        sources.forEach(source -> sources.remove(source.getName()));
        environment.getPropertySources().stream()
                .filter(source -> !source.getName().equals(SOURCE)
                        && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
                .forEach(sources::addLast);
        ConfigurationPropertySources.attach(written);
        written.setConversionService(environment.getConversionService());
        return written;
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
        settings.put("server.port", "0");
        settings.put("server.address", "127.0.0.1");
        settings.put("management.server.port", "0");
        settings.put("management.server.address", "127.0.0.1");
        settings.put("identities.shutdown.pre-stop-delay", "0s");
        settings.put("identities.warm-up.enabled", "false");
        settings.put("logging.level.root", "ERROR");
        settings.put("logging.level.io.identities.gateway", "WARN");
        settings.put("logging.level.org.springframework.boot.actuate", "ERROR");
        settings.put("logging.console.enabled", "true");
        settings.put("logging.threshold.console", "TRACE");
        settings.put("logging.pattern.console", "%m%n");
        settings.put("logging.structured.format.console", "");
        if (environment.getProperty("logging.config", "").isBlank()) {
            // The check may run as another user than the service, which could not write to a file of that user.
            settings.put(LogFile.FILE_NAME_PROPERTY, "");
            settings.put(LogFile.FILE_PATH_PROPERTY, "");
        }
        environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, settings));
    }
}
