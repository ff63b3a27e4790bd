package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class DependencyTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void manyProbesLookOncePerCachePeriod() {
        Dependency dependency = dependency(Mono.fromSupplier(() -> {
            looks.incrementAndGet();
            return Health.up().build();
        }));
        for (int i = 0; i < 100; i++) {
            assertThat(status(dependency)).isEqualTo(Status.UP);
        }
        assertThat(looks).hasValue(1);

        time.advanceTimeBy(Duration.ofSeconds(11));
        assertThat(status(dependency)).isEqualTo(Status.UP);
        assertThat(looks).hasValue(2);
    }

    @Test
    void clockThatIsSetBackKeepsNoFinding() {
        AtomicLong now = new AtomicLong(1_000_000);
        Scheduler wallClock = new Scheduler() {
            @Override
            public long now(TimeUnit unit) {
                return unit.convert(now.get(), TimeUnit.MILLISECONDS);
            }

            @Override
            public Disposable schedule(Runnable task) {
                return time.schedule(task);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return time.schedule(task, delay, unit);
            }

            @Override
            public Worker createWorker() {
                return time.createWorker();
            }
        };
        Mono<Health> probe =
                Mono.fromSupplier(() -> (looks.incrementAndGet() == 1 ? Health.down() : Health.up()).build());
        Dependency dependency = new Dependency(probe, Duration.ofSeconds(2), Duration.ofSeconds(10), wallClock);

        assertThat(status(dependency)).isEqualTo(Status.DOWN);
        now.addAndGet(-3_600_000);

        assertThat(status(dependency)).isEqualTo(Status.UP);
    }

    @Test
    void outageIsRememberedForTheSamePeriodAndThenHeals() {
        Dependency dependency = dependency(Mono.defer(() -> looks.incrementAndGet() == 1
                ? Mono.error(new IllegalStateException("planted secret"))
                : Mono.just(Health.up().build())));

        assertThat(status(dependency)).isEqualTo(Dependency.DEGRADED);
        assertThat(dependency.health().toFuture().join().toString())
                .contains("IllegalStateException")
                .doesNotContain("planted secret");
        time.advanceTimeBy(Duration.ofSeconds(11));
        assertThat(status(dependency)).isEqualTo(Status.UP);
    }

    @Test
    void lookThatHangsEndsAtTheTimeOut() {
        TestPublisher<Health> hanging = TestPublisher.create();
        Dependency dependency = dependency(hanging.mono());
        var answer = dependency.health().toFuture();

        assertThat(answer).isNotDone();
        time.advanceTimeBy(Duration.ofSeconds(2));

        assertThat(answer.join().getStatus()).isEqualTo(Dependency.DEGRADED);
        assertThat(answer.join().getDetails()).containsEntry("why", "no answer in time");
    }

    @Test
    void findingIsShownWhileTheNextLookGoesOnButNoneFromLongAgo() {
        Dependency dependency = dependency(Mono.defer(
                () -> looks.incrementAndGet() == 1 ? Mono.just(Health.up().build()) : Mono.never()));
        assertThat(status(dependency)).isEqualTo(Status.UP);

        time.advanceTimeBy(Duration.ofSeconds(11));
        assertThat(status(dependency)).isEqualTo(Status.UP);
        assertThat(looks).hasValue(2);

        time.advanceTimeBy(Duration.ofHours(1));
        var answer = dependency.health().toFuture();
        assertThat(answer).isNotDone();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(answer.join().getStatus()).isEqualTo(Dependency.DEGRADED);
    }

    private Dependency dependency(Mono<Health> probe) {
        return new Dependency(probe, Duration.ofSeconds(2), Duration.ofSeconds(10), time);
    }

    private static Status status(Dependency dependency) {
        return dependency.health().toFuture().join().getStatus();
    }
}
