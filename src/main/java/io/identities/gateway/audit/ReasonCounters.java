package io.identities.gateway.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The counters of one meter that differ in their reason only. Reasons come from closed sets; as a safeguard against a
 * series per request the table is bounded, and further reasons count as {@code other}.
 */
final class ReasonCounters {

    private static final int MAX_REASONS = 64;
    private static final String OTHER = "other";
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    private final MeterRegistry registry;
    private final String name;
    private final Tags tags;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();

    ReasonCounters(MeterRegistry registry, String name, Tags tags) {
        this.registry = registry;
        this.name = name;
        this.tags = tags;
    }

    void increment(String reason) {
        Counter counter = counters.get(reason);
        if (counter == null) {
            counter = register(reason);
        }
        counter.increment();
    }

    private Counter register(String reason) {
        boolean fits = counters.size() < MAX_REASONS && CODE.matcher(reason).matches();
        return counters.computeIfAbsent(fits ? reason : OTHER, this::counter);
    }

    private Counter counter(String reason) {
        return Counter.builder(name)
                .description("Counted by outcome and reason")
                .tags(tags)
                .tag("reason", reason)
                .register(registry);
    }
}
