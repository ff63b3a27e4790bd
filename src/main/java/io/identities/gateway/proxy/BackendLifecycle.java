package io.identities.gateway.proxy;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Closes the connections to the backend once the listener has stopped, while the event loops still run. */
final class BackendLifecycle implements SmartLifecycle {

    private final BackendClient backend;
    private volatile boolean running;

    BackendLifecycle(BackendClient backend) {
        this.backend = backend;
    }

    /** After the listener; the event loops stop in phase 0. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 512;
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
        backend.closeLater().doFinally(end -> callback.run()).subscribe();
    }
}
