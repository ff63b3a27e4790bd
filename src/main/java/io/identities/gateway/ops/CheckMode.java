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
 * {@code --check}: everything is made as for serving, on loopback ports that nobody knows, so that whatever would stop the
 * start stops the check; then a report is printed and the process ends with 0, or 1. {@code --check=probe} also looks at
 * what the gateway depends on.
 */
final class CheckMode implements EnvironmentPostProcessor {

    private static final String ARGUMENT = "check";
    private static final String COMMAND_LINE = "commandLineArgs";
    private static final Set<String> HOW = Set.of("", "true", "probe");

    /** Of the settings that the check puts in the place of what is written. */
    private static final String SOURCE = "check";

    /** Only an argument switches it on, never a file or a variable. */
    static boolean isOn(ConfigurableEnvironment environment) {
        var arguments = environment.getPropertySources().get(COMMAND_LINE);
        return arguments != null && arguments.containsProperty(ARGUMENT);
    }

    static boolean isProbing(Environment environment) {
        return "probe".equals(environment.getProperty(ARGUMENT));
    }

    /** The settings without those that the check puts in their place, so that a mistake in one of these is found. */
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
            // Whoever checks may be another user than the one that serves, to whom a new file would be closed.
            settings.put(LogFile.FILE_NAME_PROPERTY, "");
            settings.put(LogFile.FILE_PATH_PROPERTY, "");
        }
        environment.getPropertySources().addFirst(new MapPropertySource(SOURCE, settings));
    }
}
