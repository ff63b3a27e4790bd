package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Checks the paths of the management endpoints: the framework refuses some with messages of its own, and responds to
 * others with 500.
 */
final class ManagementPaths {

    private static final String BASE = "management.endpoints.web.base-path";
    private static final String MAPPING = "management.endpoints.web.path-mapping";
    private static final String LIST = "management.endpoints.web.discovery.enabled";

    private static final Pattern TWICE = Pattern.compile(
            "Cannot map 'Actuator web endpoint '(\\S+)'' .*There is already 'Actuator web endpoint '(\\S+)''",
            Pattern.DOTALL);

    private ManagementPaths() {}

    /** @return the sentence on two endpoints with the same path, or null if {@code cause} is about something else */
    static @Nullable String sentence(Throwable cause) {
        Matcher twice = TWICE.matcher(String.valueOf(cause.getMessage()));
        return twice.find()
                ? MAPPING + ": found the endpoints " + twice.group(1) + " and " + twice.group(2)
                        + " at one path, expected a path of its own for each"
                : null;
    }

    /** One sentence for each mistake. */
    static List<String> problems(Environment environment) {
        List<String> problems = new ArrayList<>();
        String base = environment.getProperty(BASE, "");
        if (!base.isEmpty() && !base.startsWith("/")) {
            problems.add(
                    BASE + ": found '" + LogText.of(base) + "', expected a path that begins with a slash, or nothing");
        }
        if (!environment.getProperty(LIST, "true").strip().equalsIgnoreCase("false")) {
            mapping(environment).forEach((endpoint, path) -> {
                if (!path.isEmpty() && path.chars().allMatch(c -> c == '/')) {
                    problems.add(MAPPING + "." + endpoint + ": found '" + LogText.of(path)
                            + "', where the list of the endpoints is, expected a path of its own, or " + LIST
                            + "=false");
                }
            });
        }
        return problems;
    }

    private static Map<String, String> mapping(Environment environment) {
        return Binder.get(environment)
                .bind(MAPPING, Bindable.mapOf(String.class, String.class))
                .orElse(Map.of());
    }
}
