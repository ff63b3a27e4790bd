package io.identities.gateway.server;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.netty.resources.LoopResources;

/** An event loop for one side of the warm-up; its thread has ended when {@code close} returns. */
final class WarmUpLoops implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LoopResources loops;

    WarmUpLoops(String side) {
        this.loops = EpollLoopResources.orOthers(WarmUpSilence.THREADS + "-" + side, 1);
    }

    LoopResources resources() {
        return loops;
    }

    @Override
    public void close() {
        try {
            loops.disposeLater(Duration.ZERO, PATIENCE).toFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("An event loop of the warm-up does not end", e);
        }
    }
}
