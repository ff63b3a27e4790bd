package io.identities.gateway.server;

/** Whether the gateway is shutting down; set once, read by every connection. */
final class Draining {

    private volatile boolean draining;

    boolean isDraining() {
        return draining;
    }

    void begin() {
        draining = true;
    }
}
