package io.identities.gateway.credentials;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Orders alternatives so that those that have failed recently are tried last. Thread-safe. */
final class RecentFailures<T> {

    private final Duration lastFor;
    private final Clock clock;
    private final Map<T, Instant> failures = new ConcurrentHashMap<>();

    /** @param lastFor how long a failed alternative is tried after the others */
    RecentFailures(Duration lastFor, Clock clock) {
        this.lastFor = lastFor;
        this.clock = clock;
    }

    /** @return whether this is the first failure since the last success */
    boolean failed(T one) {
        return failures.put(one, clock.instant()) == null;
    }

    void succeeded(T one) {
        failures.remove(one);
    }

    /** All alternatives in their order, those that have failed recently last. */
    List<T> last(List<T> all) {
        Instant now = clock.instant();
        failures.keySet().retainAll(all);
        Map<Boolean, List<T>> byFailure =
                all.stream().collect(Collectors.partitioningBy(one -> hasFailedLately(one, now)));
        return Stream.of(false, true)
                .flatMap(failed -> requireNonNull(byFailure.get(failed)).stream())
                .toList();
    }

    private boolean hasFailedLately(T one, Instant now) {
        Instant failed = failures.get(one);
        return failed != null && !now.isBefore(failed) && now.isBefore(failed.plus(lastFor));
    }
}
