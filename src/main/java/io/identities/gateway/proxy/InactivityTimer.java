package io.identities.gateway.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures the inactivity of one connection. One timer reschedules itself while something is awaited, so that a request
 * needs no timer of its own. Event-loop bound; durations are nanoseconds.
 */
final class InactivityTimer {

    private final Runnable check;

    private long lastMove;
    private long timerAt;
    private @Nullable Future<?> timer;

    /** @param check run by the timer; it may call {@link #watch} again */
    InactivityTimer(Runnable check) {
        this.check = check;
    }

    void moved() {
        lastMove = System.nanoTime();
    }

    boolean isOver(long limit) {
        return System.nanoTime() - lastMove >= limit;
    }

    /** Schedules the check no later than {@code limit} after the last activity. */
    void watch(EventExecutor executor, long limit) {
        long at = lastMove + limit;
        if (timer != null) {
            if (timerAt - at <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAt = at;
        timer = executor.schedule(this::expire, at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void expire() {
        timer = null;
        check.run();
    }
}
