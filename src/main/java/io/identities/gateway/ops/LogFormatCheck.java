package io.identities.gateway.ops;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/** Looks at the log's format before logging begins, which would end in a stack trace. */
final class LogFormatCheck implements EnvironmentPostProcessor, Ordered {

    private static final Set<String> FORMATS = Set.of("ecs", "gelf", "logstash");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        for (String place : List.of("console", "file")) {
            String name = "logging.structured.format." + place;
            String format = CheckMode.asWritten(environment).getProperty(name);
            if (!isKnown(format, application.getClassLoader())) {
                throw new InvalidSettingsException(List.of(name + ": found \"" + format
                        + "\", expected ecs, gelf, logstash, or nothing for text that people read"));
            }
        }
    }

    /** When all files are read. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    /** A class of the user's own is a format, too. */
    private static boolean isKnown(@Nullable String format, @Nullable ClassLoader classLoader) {
        return format == null
                || format.isEmpty()
                || FORMATS.contains(format.toLowerCase(Locale.ROOT))
                || ClassUtils.isPresent(format, classLoader);
    }
}
