package io.identities.gateway.server;

import io.identities.gateway.http.AccessLog;
import io.identities.gateway.http.RequestIds;
import java.time.Duration;

/**
 * Limits and time-outs of every connection of the public port.
 *
 * @param maxHead bytes of a request line and its header lines
 * @param forwardAuth the path that never gets 400 or 405
 * @param headerTimeout from the first byte of a request to the end of its head, and from connecting to the first byte
 * @param idleTimeout between two requests of a connection
 * @param lingerTimeout how long a refused client may pause while it is still sending
 * @param sendTimeout how long a client may accept none of the bytes that wait for it
 */
record ListenerRules(
        int maxHead,
        Methods methods,
        ForwardAuthPath forwardAuth,
        RequestIds requestIds,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration lingerTimeout,
        Duration sendTimeout,
        CorsPolicy cors,
        Draining draining,
        ResponseDate date,
        AccessLog accessLog,
        HeadWarning headWarning) {}
