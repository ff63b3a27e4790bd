package io.identities.gateway.ops;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Collects durations that are written without a unit. Spring takes them for milliseconds; hardly anybody means that. */
final class BareNumberBindHandler implements BindHandler {

    private final Set<String> warnings = new TreeSet<>();

    @Override
    public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property != null && result instanceof Duration duration && !duration.isZero()) {
            String written = String.valueOf(property.getValue());
            if (written.matches("\\d+")) {
                warnings.add(name + ": found " + written + " without a unit, taken for " + written
                        + " ms; write for example " + written + "s or " + written + "ms");
            }
        }
        return result;
    }

    Set<String> warnings() {
        return Set.copyOf(warnings);
    }
}
