package io.identities.gateway.server;

import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.http.OpenStreams.CloseReason;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The first phase of the shutdown: readiness is off already, the listener still accepts, and every response closes its
 * connection. After the pre-stop delay open streams are closed, repeatedly while Boot waits for the running requests;
 * the management port outlives both.
 */
final class DrainLifecycle implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DrainLifecycle.class);
    private static final Duration REMINDER = Duration.ofMillis(250);

    private final Draining draining;
    private final Duration preStopDelay;
    private final Supplier<Stream<OpenStreams>> streams;
    private final Scheduler scheduler;

    private final Disposable.Swap reminders = Disposables.swap();
    private volatile boolean running;

    DrainLifecycle(
            Draining draining, Duration preStopDelay, Supplier<Stream<OpenStreams>> streams, Scheduler scheduler) {
        this.draining = draining;
        this.preStopDelay = preStopDelay;
        this.streams = streams;
        this.scheduler = scheduler;
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        draining.begin();
        log.info("Draining: not ready any more, refusing connections in {}", preStopDelay);
        Mono.delay(preStopDelay, scheduler).subscribe(due -> {
            reminders.update(Flux.interval(Duration.ZERO, REMINDER, scheduler)
                    .onBackpressureDrop()
                    .subscribe(tick -> sendStreamsAway()));
            callback.run();
        });
    }

    /** Stops the repetition; for when the context is closed. */
    void close() {
        reminders.dispose();
    }

    private void sendStreamsAway() {
        streams.get().filter(open -> open.count() > 0).forEach(open -> open.closeAll(CloseReason.GOING_AWAY));
    }
}
