package io.identities.gateway.keys;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs a task once per interval on a background thread of its own while the application runs. */
final class BackgroundTask implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(BackgroundTask.class);

    private final String name;
    private final Duration interval;
    private final Runnable task;
    private @Nullable ScheduledExecutorService executor;
    private volatile @Nullable ScheduledFuture<?> running;

    /** @param task runs at once and then after every interval; what it throws is logged, and the next run comes all the same */
    BackgroundTask(String name, Duration interval, Runnable task) {
        this.name = name;
        this.interval = interval;
        this.task = task;
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService starting = Executors.newSingleThreadScheduledExecutor(runnable -> {
            Thread thread = new Thread(runnable, name);
            thread.setDaemon(true);
            return thread;
        });
        executor = starting;
        running = starting.scheduleWithFixedDelay(this::runSafely, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    // The executor would drop a task that throws, without a word.
    private void runSafely() {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("The background task {} has failed and is run again", name, e);
        }
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService stopping = executor;
        if (stopping != null) {
            stopping.shutdownNow();
        }
        executor = null;
        running = null;
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    // Starts before the web server and stops after it: keys are still reloaded while a gateway drains.
    @Override
    public int getPhase() {
        return 1;
    }
}
