package io.identities.gateway.ops;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * An external dependency of the gateway. Probed on request only, at most once per cache period and never longer than
 * the time-out; callers get the last result at once while the next probe runs, unless it is out of date. An outage is
 * {@code DEGRADED}, which does not affect liveness.
 */
final class Dependency implements ReactiveHealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED");

    private final Mono<Health> probe;
    private final long cacheMillis;
    private final long tellingMillis;
    private final Scheduler scheduler;
    private final AtomicReference<@Nullable Look> last = new AtomicReference<>();
    private volatile @Nullable Finding finding;

    /** @param probe one probe; an error is an outage, of which the class is shown, never the message */
    Dependency(Mono<Health> probe, Duration timeout, Duration cache, Scheduler scheduler) {
        this.probe = probe.timeout(timeout, scheduler).onErrorResume(failure -> Mono.just(outage(failure)));
        this.cacheMillis = cache.toMillis();
        this.tellingMillis = cache.plus(timeout).toMillis();
        this.scheduler = scheduler;
    }

    @Override
    public Mono<Health> health() {
        return Mono.defer(() -> {
            Look look = latest();
            Finding known = finding;
            return known != null && isYounger(tellingMillis, known.begunAt(), now())
                    ? Mono.just(known.health())
                    : Mono.fromFuture(look.result(), true);
        });
    }

    /** Whether the last finding is an outage; nobody waits for the look that this begins. */
    boolean isKnownDegraded() {
        latest();
        Finding known = finding;
        return known != null && known.health().getStatus().equals(DEGRADED);
    }

    static Health degraded(String why) {
        return Health.status(DEGRADED).withDetails(Map.of("why", why)).build();
    }

    private Look latest() {
        Look known = last.get();
        long now = now();
        if (known != null && isYounger(cacheMillis, known.begunAt(), now)) {
            return known;
        }
        Look mine = new Look(now, new CompletableFuture<>());
        if (!last.compareAndSet(known, mine)) {
            return latest();
        }
        probe.subscribe(health -> {
            finding = new Finding(now, health);
            mine.result().complete(health);
        });
        return mine;
    }

    private long now() {
        return scheduler.now(TimeUnit.MILLISECONDS);
    }

    /** A clock that was set back must not extend the life of a result. */
    private static boolean isYounger(long millis, long begunAt, long now) {
        long age = now - begunAt;
        return age >= 0 && age < millis;
    }

    private static Health outage(Throwable failure) {
        return degraded(
                failure instanceof TimeoutException
                        ? "no answer in time"
                        : failure.getClass().getSimpleName());
    }

    private record Look(long begunAt, CompletableFuture<Health> result) {}

    private record Finding(long begunAt, Health health) {}
}
