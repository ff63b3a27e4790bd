package io.identities.gateway.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * {@code identities.eventloop.lag}: the longest delay of a due task on any event loop, maximum of the last minute.
 * Measured by a timer per second on each loop, off the request path.
 */
final class EventLoopLag implements SmartLifecycle {

    private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);
    private static final long WINDOW = TimeUnit.MINUTES.toNanos(1);

    private final ReactorResourceFactory resources;
    private final AtomicLong worst = new AtomicLong();

    /** When each loop has to run its timer next. One that hangs runs none, and would say nothing of itself. */
    private final List<AtomicLong> due = new CopyOnWriteArrayList<>();

    private final List<ScheduledFuture<?>> timers = new ArrayList<>();
    private volatile long windowStart = System.nanoTime();
    private volatile boolean running;

    EventLoopLag(ReactorResourceFactory resources, MeterRegistry registry) {
        this.resources = resources;
        TimeGauge.builder("identities.eventloop.lag", this, TimeUnit.NANOSECONDS, EventLoopLag::highest)
                .description("How late the most delayed event loop was within the last minute")
                .register(registry);
    }

    @Override
    public void start() {
        running = true;
        EventLoopGroup loops = resources.getLoopResources().onServer(true);
        for (EventExecutor loop : loops) {
            watch(loop);
        }
    }

    @Override
    public void stop() {
        running = false;
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
        due.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void watch(EventExecutor loop) {
        AtomicLong next = new AtomicLong(System.nanoTime() + PERIOD);
        due.add(next);
        timers.add(loop.scheduleWithFixedDelay(
                () -> {
                    long now = System.nanoTime();
                    note(Math.max(0, now - next.get()), now);
                    next.set(now + PERIOD);
                },
                PERIOD,
                PERIOD,
                TimeUnit.NANOSECONDS));
    }

    private long highest() {
        long now = System.nanoTime();
        return due.stream().mapToLong(next -> now - next.get()).reduce(worst.get(), Math::max);
    }

    private void note(long lag, long now) {
        if (now - windowStart > WINDOW) {
            windowStart = now;
            worst.set(lag);
        } else {
            worst.accumulateAndGet(lag, Math::max);
        }
    }
}
