package io.identities.gateway.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;

/** Registers gauges with a strong reference to what they read. */
final class Gauges {

    private final MeterRegistry registry;

    Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    <T> void register(String name, String description, Tags tags, T source, ToDoubleFunction<T> value) {
        builder(name, description, tags, source, value).register(registry);
    }

    <T> void registerSeconds(String name, String description, Tags tags, T source, ToDoubleFunction<T> value) {
        builder(name, description, tags, source, value).baseUnit("seconds").register(registry);
    }

    static double seconds(Instant from, Instant to) {
        return seconds(Duration.between(from, to));
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static <T> Gauge.Builder<T> builder(
            String name, String description, Tags tags, T source, ToDoubleFunction<T> value) {
        return Gauge.builder(name, source, value)
                .description(description)
                .tags(tags)
                .strongReference(true);
    }
}
