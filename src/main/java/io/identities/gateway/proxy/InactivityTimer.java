package io.identities.gateway.proxy;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long nothing has moved on one connection. There is one timer, which goes on by itself while something is awaited,
 * so that a request costs no timer of its own. Event-loop bound; spans are nanoseconds.
 */
final class InactivityTimer {

    private final Runnable look;

    private long lastMove;
    private long timerAt;
    private @Nullable Future<?> timer;

    /** @param look what the timer does; it may ask for another one */
    InactivityTimer(Runnable look) {
        this.look = look;
    }

    void moved() {
        lastMove = System.nanoTime();
    }

    boolean isOver(long limit) {
        return System.nanoTime() - lastMove >= limit;
    }

    /** Sees to it that somebody looks no later than {@code limit} after the last move. */
    void watch(EventExecutor executor, long limit) {
        long at = lastMove + limit;
        if (timer != null) {
            if (timerAt - at <= 0) {
                return;
            }
            timer.cancel(false);
        }
        timerAt = at;
        timer = executor.schedule(this::goOff, at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void goOff() {
        timer = null;
        look.run();
    }
}
