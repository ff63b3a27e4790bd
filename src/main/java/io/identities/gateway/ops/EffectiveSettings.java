package io.identities.gateway.ops;

import java.util.Locale;
import org.springframework.core.env.Environment;

/** The effective values of our settings: from the environment, else the declared default. */
final class EffectiveSettings {

    private final Environment environment;

    EffectiveSettings(Environment environment) {
        this.environment = environment;
    }

    /** Empty if there is neither a value nor a default. */
    String text(String name) {
        return environment.getProperty(name, SettingsMetadata.defaultOf(name));
    }

    /** A value from a closed set, bound in relaxed form: ignores case, blanks and separators. */
    String word(String name) {
        return text(name).replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    boolean isOn(String name) {
        return environment.getProperty(name, Boolean.class, Boolean.valueOf(SettingsMetadata.defaultOf(name)));
    }
}
