package io.identities.gateway.server;

import io.identities.gateway.http.HttpGrammar;
import io.identities.gateway.http.TimeoutRange;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Time-outs of the public port. Bodies of proxied requests have their own, under {@code identities.backend}.
 *
 * @param headerTimeout time for a request head, from its first byte to its empty line, and for the first byte after
 *     connecting; then 408 or a close
 * @param idleTimeout time that a connection may stay open between two requests
 * @param moreMethods request methods that are allowed besides the registered ones, in their exact spelling
 * @param lingerTimeout pause after which a refused client that is still sending is cut off; six times this in all
 * @param sendTimeout time for which a client may accept none of a response that waits for it; then its connection is
 *     closed
 * @param eventLoops threads that serve clients and talk to the backend; 0 means one for each core
 */
@ConfigurationProperties("identities.server")
record ListenerSettings(
        @DefaultValue("10s") Duration headerTimeout,
        @DefaultValue("60s") Duration idleTimeout,
        @DefaultValue("5s") Duration lingerTimeout,
        @DefaultValue("10m") Duration sendTimeout,
        @DefaultValue List<String> moreMethods,
        @DefaultValue("0") int eventLoops) {

    ListenerSettings {
        requireWithin("header-timeout", headerTimeout);
        requireWithin("idle-timeout", idleTimeout);
        requireWithin("linger-timeout", lingerTimeout);
        requireWithin("send-timeout", sendTimeout);
        if (eventLoops < 0 || eventLoops > 1024) {
            throw new IllegalArgumentException(
                    "identities.server.event-loops: found " + eventLoops + ", expected 0 to 1024");
        }
        moreMethods = List.copyOf(moreMethods);
        moreMethods.forEach(ListenerSettings::requireMethod);
    }

    private static void requireMethod(String value) {
        boolean tunnels = value.equals("CONNECT") || value.equals("TRACE") || value.equals("PRI");
        if (tunnels || !HttpGrammar.isToken(value)) {
            throw new IllegalArgumentException("identities.server.more-methods: found \"" + value
                    + "\", expected a method name other than CONNECT, TRACE and PRI");
        }
    }

    private static void requireWithin(String name, Duration value) {
        TimeoutRange.require("identities.server." + name, value, TimeoutRange.LONGEST);
    }
}
