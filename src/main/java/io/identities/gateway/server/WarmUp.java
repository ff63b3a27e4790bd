package io.identities.gateway.server;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.Ordered;

/**
 * Lets the JVM compile the request path before readiness is announced: a second gateway with settings of its own (no
 * file, variable or argument of the user applies to it) serves a load and is discarded. So nothing of the warm-up can
 * reach the backend, the credential check or the shared store, and this gateway counts, logs and remembers nothing of
 * it. A warm-up that fails is a WARN and does not stop the start.
 */
final class WarmUp implements ApplicationRunner, Ordered {

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /** For starting and ending the second gateway on a slow core. */
    private static final long SECONDS_ON_TOP = 60;

    private final WarmUpSettings settings;
    private final Class<?> application;
    private final Clock clock;

    WarmUp(WarmUpSettings settings, Class<?> application, Clock clock) {
        this.settings = settings;
        this.application = application;
        this.clock = clock;
    }

    /** After the application's own runners: what they prepare comes first. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        if (!settings.enabled()) {
            return;
        }
        long start = System.nanoTime();
        CompletableFuture<Integer> served = new CompletableFuture<>();
        Thread thread = new Thread(() -> warmUp(served), WarmUpSilence.THREADS);
        thread.setDaemon(true);
        WarmUpSilence silence = WarmUpSilence.begin();
        try {
            thread.start();
            int requests = served.get(settings.maxDuration().toSeconds() + SECONDS_ON_TOP, TimeUnit.SECONDS);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            log.info("Warmed up: a gateway of its own served {} requests, all done in {} ms", requests, millis);
        } catch (ExecutionException | TimeoutException e) {
            thread.interrupt();
            log.warn("The warm-up failed; the first requests will be slow", e);
        } finally {
            silence.end();
        }
    }

    private void warmUp(CompletableFuture<Integer> served) {
        try {
            served.complete(serve());
        } catch (Exception e) {
            served.completeExceptionally(e);
        }
    }

    /** Returns when the second gateway is gone. */
    private int serve() throws Exception {
        try (ThrowAwayGateway gateway = ThrowAwayGateway.start(application)) {
            return new WarmUpLoad(gateway.port(), gateway.token(clock.instant())).run(settings);
        }
    }
}
