package io.identities.gateway.ops;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;

/** Where a setting comes from, in words. */
final class SettingOrigin {

    private SettingOrigin() {}

    /** @return empty, or text that begins with a blank and a bracket */
    static String of(@Nullable Origin origin) {
        if (origin instanceof PropertySourceOrigin source && !(source.getOrigin() instanceof TextResourceOrigin)) {
            return switch (source.getPropertySource().getName()) {
                case "commandLineArgs" -> " (argument)";
                case "systemProperties" -> " (system property)";
                case "systemEnvironment" -> " (environment variable)";
                default -> " (" + source.getPropertySource().getName() + ")";
            };
        }
        return origin == null ? "" : " (" + origin + ")";
    }
}
