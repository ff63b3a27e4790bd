package io.identities.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The only timer, for the next renewal. Guarded by its owner's lock. */
final class RenewalTimer {

    private final ScheduledExecutorService scheduler;
    private final Clock clock;
    private final Runnable renewal;
    private ScheduledFuture<?> timer;

    /** @param renewal may run a little early or late, and once more after {@link #stop}: it checks whether it is due */
    RenewalTimer(ScheduledExecutorService scheduler, Clock clock, Runnable renewal) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.renewal = renewal;
    }

    /** Ignores a scheduler that rejects tasks: the next caller finds the token due and gets the failure. */
    void set(Instant moment) {
        long delay = Math.max(0, Duration.between(clock.instant(), moment).toMillis()) + 1;
        try {
            timer = scheduler.schedule(renewal, delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            timer = null;
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
