package io.identities.gateway.ops;

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

    boolean isOn(String name) {
        return environment.getProperty(name, Boolean.class, Boolean.valueOf(SettingsMetadata.defaultOf(name)));
    }
}
