package io.identities.gateway.ops;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.unit.DataSize;

/**
 * Collects durations and sizes without a unit. Spring reads them as milliseconds and bytes, which is hardly ever
 * intended.
 */
final class BareNumberBindHandler implements BindHandler {

    /** Of the framework, where 2 is mistaken for seconds as well. */
    private static final List<String> TIMES_OF_REDIS =
            List.of("spring.data.redis.timeout", "spring.data.redis.connect-timeout");

    private final Set<String> warnings = new TreeSet<>();

    @Override
    public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property != null) {
            look(name.toString(), String.valueOf(property.getValue()), result);
        }
        return result;
    }

    /** What cannot be bound is told by whoever binds it. */
    void lookAtRedis(Binder binder) {
        for (String name : TIMES_OF_REDIS) {
            try {
                binder.bind(name, Bindable.of(Duration.class), this);
            } catch (BindException ignored) {
                // Boot stops the start.
            }
        }
    }

    private void look(String name, String written, Object result) {
        if (!written.strip().matches("0*[1-9]\\d*")) {
            return;
        }
        if (result instanceof Duration) {
            warn(name, written.strip(), "ms", "s");
        } else if (result instanceof DataSize) {
            warn(name, written.strip(), "B", "KB");
        }
    }

    private void warn(String name, String written, String taken, String meant) {
        warnings.add(name + ": found " + written + " without a unit, taken for " + written + " " + taken
                + "; write for example " + written + meant + " or " + written + taken);
    }

    Set<String> warnings() {
        return Set.copyOf(warnings);
    }
}
