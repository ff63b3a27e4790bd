package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * {@code identities.tracing.enabled}: switches Boot's observation of requests on again, which {@code application.yml}
 * excludes because of its cost per request.
 */
final class TracingSwitch implements EnvironmentPostProcessor {

    private static final String EXCLUDE = "spring.autoconfigure.exclude";

    private static final List<String> OBSERVATION = List.of(
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.WebFluxObservationAutoConfiguration");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!isOn(environment)) {
            return;
        }
        List<String> left = new ArrayList<>(Binder.get(environment)
                .bind(EXCLUDE, Bindable.listOf(String.class))
                .orElse(List.of()));
        left.removeAll(OBSERVATION);
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("tracing", Map.of(EXCLUDE, String.join(",", left))));
    }

    /** In every spelling that binds; any other stops the start later, by name. */
    private static boolean isOn(ConfigurableEnvironment environment) {
        try {
            return Binder.get(environment)
                    .bind("identities.tracing.enabled", Boolean.class)
                    .orElse(false);
        } catch (BindException e) {
            return false;
        }
    }
}
