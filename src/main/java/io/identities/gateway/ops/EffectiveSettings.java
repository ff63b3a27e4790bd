package io.identities.gateway.ops;

import java.util.Locale;
import org.springframework.core.env.Environment;

/** Our settings as they are in force: what the environment holds, else the default that the setting declares. */
final class EffectiveSettings {

    private final Environment environment;

    EffectiveSettings(Environment environment) {
        this.environment = environment;
    }

    /** Empty where there is neither a value nor a default. */
    String text(String name) {
        return environment.getProperty(name, SettingsMetadata.defaultOf(name));
    }

    /** One out of a closed set of words, as it is bound: neither case nor blanks nor separators count. */
    String word(String name) {
        return text(name).replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    boolean isOn(String name) {
        return environment.getProperty(name, Boolean.class, Boolean.valueOf(SettingsMetadata.defaultOf(name)));
    }
}
