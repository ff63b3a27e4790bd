package io.identities.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogIntervalTest {

    /** Such a counter begins anywhere, below zero too. */
    private final AtomicLong nanos = new AtomicLong(Long.MIN_VALUE);

    private final LogInterval interval = new LogInterval(Duration.ofMinutes(1), nanos::get);

    @Test
    void firstLineIsDueAtOnceAndTheNextAfterTheInterval() {
        assertThat(interval.isDue()).isTrue();
        assertThat(interval.isDue()).isFalse();

        nanos.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        assertThat(interval.isDue()).isFalse();

        nanos.incrementAndGet();
        assertThat(interval.isDue()).isTrue();
        assertThat(interval.isDue()).isFalse();
    }

    @Test
    void lineThatWasNotDuePutsNothingOff() {
        assertThat(interval.isDue()).isTrue();
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(interval.isDue()).isFalse();

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(interval.isDue()).isTrue();
    }

    @Test
    void linesThatWereLeftOutAreCountedForTheNextOne() {
        assertThat(interval.isDue()).isTrue();
        assertThat(interval.leftOut()).isEmpty();
        assertThat(interval.isDue()).isFalse();
        assertThat(interval.isDue()).isFalse();

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(interval.isDue()).isTrue();
        assertThat(interval.leftOut()).isEqualTo("; 2 more like this since the last line");
        assertThat(interval.leftOut()).isEmpty();
    }
}
