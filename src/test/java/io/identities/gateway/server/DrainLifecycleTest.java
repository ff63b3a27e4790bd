package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.identities.gateway.http.OpenStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class DrainLifecycleTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Draining draining = new Draining();
    private final AtomicInteger open = new AtomicInteger(3);
    private final List<OpenStreams.CloseReason> closed = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();

    private final OpenStreams streams = new OpenStreams() {
        @Override
        public int count() {
            return open.get();
        }

        @Override
        public void closeAll(CloseReason reason) {
            closed.add(reason);
        }
    };

    @Test
    void streamsStayUntilThePreStopDelayIsOver() {
        DrainLifecycle lifecycle = lifecycle(Duration.ofSeconds(5));
        lifecycle.start();
        lifecycle.stop(done::incrementAndGet);
        assertThat(draining.isDraining()).isTrue();
        time.advanceTimeBy(Duration.ofMillis(4_999));
        assertThat(closed).isEmpty();
        assertThat(done).hasValue(0);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(closed).containsExactly(OpenStreams.CloseReason.GOING_AWAY);
        assertThat(done).hasValue(1);
    }

    @Test
    void streamsThatOpenMeanwhileAreSentAwayToo() {
        DrainLifecycle lifecycle = lifecycle(Duration.ZERO);
        lifecycle.start();
        lifecycle.stop(done::incrementAndGet);
        time.advanceTimeBy(Duration.ofMillis(1));
        open.set(0);
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(closed).hasSize(1);
        open.set(1);
        time.advanceTimeBy(Duration.ofMillis(250));
        assertThat(closed).hasSize(2);
        lifecycle.close();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(closed).hasSize(2);
    }

    @Test
    void preStopDelayIsFiveSecondsInKubernetesOnly() {
        assertThat(new ShutdownSettings(null).preStopDelay(true)).isEqualTo(Duration.ofSeconds(5));
        assertThat(new ShutdownSettings(null).preStopDelay(false)).isZero();
        assertThat(new ShutdownSettings(Duration.ofSeconds(2)).preStopDelay(true))
                .isEqualTo(Duration.ofSeconds(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShutdownSettings(Duration.ofSeconds(-1)))
                .withMessage("identities.shutdown.pre-stop-delay: found PT-1S, expected zero to one day");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShutdownSettings(Duration.ofDays(200_000)))
                .withMessageStartingWith("identities.shutdown.pre-stop-delay: found PT4800000H");
    }

    private DrainLifecycle lifecycle(Duration delay) {
        return new DrainLifecycle(draining, delay, () -> Stream.of(streams), time);
    }
}
