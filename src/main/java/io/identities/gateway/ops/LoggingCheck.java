package io.identities.gateway.ops;

import ch.qos.logback.core.pattern.parser.Parser;
import ch.qos.logback.core.spi.ScanException;
import io.identities.gateway.audit.LogText;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ResourceUtils;
import org.springframework.util.unit.DataSize;

/**
 * Checks the logging settings before logging is initialised, which would fail with a stack trace, or continue without
 * the file, which may be the audit log.
 */
final class LoggingCheck implements EnvironmentPostProcessor, Ordered {

    private static final Set<String> FORMATS = Set.of("ecs", "gelf", "logstash");
    private static final String CONFIG = "logging.config";
    private static final Map<String, Class<?>> NUMBERS = Map.of(
            "logging.logback.rollingpolicy.max-file-size", DataSize.class,
            "logging.logback.rollingpolicy.total-size-cap", DataSize.class,
            "logging.logback.rollingpolicy.max-history", Integer.class);

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        ConfigurableEnvironment written = CheckMode.asWritten(environment);
        List<String> problems = new ArrayList<>();
        for (String place : List.of("console", "file")) {
            format(written, place, application.getClassLoader()).ifPresent(problems::add);
            charset(written, "logging.charset." + place).ifPresent(problems::add);
            pattern(written, "logging.pattern." + place).ifPresent(problems::add);
        }
        NUMBERS.forEach((name, type) -> number(written, name, type).ifPresent(problems::add));
        configuration(written).ifPresent(problems::add);
        LogPlace.problem(written, !CheckMode.isOn(environment)).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** After all configuration files are read. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    private static Optional<String> format(Environment environment, String place, @Nullable ClassLoader classLoader) {
        String name = "logging.structured.format." + place;
        String format = environment.getProperty(name);
        return isKnown(format, classLoader)
                ? Optional.empty()
                : Optional.of(name + ": found \"" + format
                        + "\", expected ecs, gelf, logstash, or nothing for text that people read");
    }

    /** A class name is a valid format as well. */
    private static boolean isKnown(@Nullable String format, @Nullable ClassLoader classLoader) {
        return format == null
                || format.isEmpty()
                || FORMATS.contains(format.toLowerCase(Locale.ROOT))
                || ClassUtils.isPresent(format, classLoader);
    }

    private static Optional<String> charset(Environment environment, String name) {
        String charset = environment.getProperty(name, "");
        try {
            return charset.isEmpty() || Charset.isSupported(charset)
                    ? Optional.empty()
                    : Optional.of(charset(name, charset));
        } catch (IllegalArgumentException e) {
            return Optional.of(charset(name, charset));
        }
    }

    private static String charset(String name, String found) {
        return name + ": found \"" + LogText.of(found) + "\", expected a charset such as UTF-8";
    }

    private static Optional<String> pattern(Environment environment, String name) {
        String pattern = environment.getProperty(name, "");
        try {
            if (!pattern.isEmpty()) {
                new Parser<>(pattern).parse();
            }
            return Optional.empty();
        } catch (ScanException | IllegalArgumentException e) {
            return Optional.of(name + ": found a pattern that cannot be read ("
                    + LogText.of(String.valueOf(e.getMessage())) + "), expected one of Logback's");
        }
    }

    private static Optional<String> number(Environment environment, String name, Class<?> type) {
        try {
            Binder.get(environment).bind(name, type);
            return Optional.empty();
        } catch (BindException e) {
            return SettingProblem.in(e);
        }
    }

    private static Optional<String> configuration(Environment environment) {
        String location = environment.getProperty(CONFIG, "").strip();
        if (location.isEmpty() || location.startsWith("-D")) {
            return Optional.empty();
        }
        try {
            ResourceUtils.getURL(location).openStream().close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    CONFIG + ": found " + LogText.address(location) + ", expected a readable file of Logback's");
        }
    }
}
