package io.identities.gateway.proxy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * {@code identities.backend.requests}: the time until the backend's response began, the call failed or the client
 * disconnected, by outcome and status class.
 */
final class BackendTimers {

    private static final String NAME = "identities.backend.requests";

    private final Timer[] answered = new Timer[6];
    private final Timer failed;
    private final Timer abandoned;

    BackendTimers(MeterRegistry registry) {
        for (int statusClass = 1; statusClass < answered.length; statusClass++) {
            answered[statusClass] = timer(registry, "answered", statusClass + "xx");
        }
        answered[0] = timer(registry, "answered", "other");
        failed = timer(registry, "failed", "none");
        abandoned = timer(registry, "client_gone", "none");
    }

    /** @return the time in nanoseconds */
    long answered(int status, long startNanos) {
        int statusClass = status / 100;
        long taken = System.nanoTime() - startNanos;
        answered[statusClass < answered.length ? statusClass : 0].record(taken, TimeUnit.NANOSECONDS);
        return taken;
    }

    void failed(long startNanos) {
        failed.record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    void abandoned(long startNanos) {
        abandoned.record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
    }

    private static Timer timer(MeterRegistry registry, String outcome, String status) {
        return Timer.builder(NAME)
                .description("From sending a request to the head of the backend's answer")
                .tag("outcome", outcome)
                .tag("status", status)
                .register(registry);
    }
}
