package io.identities.gateway.proxy;

import java.time.Duration;

/** How long the backend, and a client that uploads to it, may be inactive; nanoseconds. */
record BackendTimeouts(long requestIdle, long response, long streamIdle) {

    static BackendTimeouts of(Duration requestIdle, Duration response, Duration streamIdle) {
        return new BackendTimeouts(requestIdle.toNanos(), response.toNanos(), streamIdle.toNanos());
    }
}
