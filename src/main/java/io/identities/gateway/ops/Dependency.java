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
 * Something outside that the gateway needs. Looked at once per cache period at most, never longer than the time-out, and
 * only while somebody asks; whoever asks gets the last finding at once while the next look goes on, unless nobody has asked
 * for so long that it says nothing about now. An outage is {@code DEGRADED}, which ends nobody's life.
 */
final class Dependency implements ReactiveHealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED");

    private final Mono<Health> probe;
    private final long cacheMillis;
    private final long tellingMillis;
    private final Scheduler scheduler;
    private final AtomicReference<@Nullable Look> last = new AtomicReference<>();
    private volatile @Nullable Finding finding;

    /** @param probe one look; an error is an outage, whose class is shown, never its text */
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

    /** A clock that was set back must not keep a finding for as long as it went back. */
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
