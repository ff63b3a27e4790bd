package io.identities.gateway.server;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One movable deadline of a connection. Moving it writes a field and no timer: a single timer checks it at least once
 * per {@code step}. Event-loop bound.
 */
final class Deadline implements Runnable {

    private final EventExecutor executor;
    private final long step;
    private final Runnable onExpiry;

    private boolean set;
    private long at;
    private @Nullable ScheduledFuture<?> timer;

    /** @param step the shortest distance that will be set */
    Deadline(EventExecutor executor, Duration step, Runnable onExpiry) {
        this.executor = executor;
        this.step = step.toNanos();
        this.onExpiry = onExpiry;
    }

    void in(Duration distance) {
        set = true;
        at = now() + distance.toNanos();
        arm();
    }

    void clear() {
        set = false;
    }

    /** Stops the timer as well; to be called when the connection is gone. */
    void cancel() {
        set = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void run() {
        timer = null;
        if (!set) {
            return;
        }
        if (at - now() > 0) {
            arm();
            return;
        }
        set = false;
        onExpiry.run();
    }

    private void arm() {
        if (timer == null) {
            timer = executor.schedule(this, Math.min(step, Math.max(0, at - now())), TimeUnit.NANOSECONDS);
        }
    }

    private long now() {
        return executor.ticker().nanoTime();
    }
}
