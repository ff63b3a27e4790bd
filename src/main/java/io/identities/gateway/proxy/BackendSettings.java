package io.identities.gateway.proxy;

import io.identities.gateway.http.TimeoutRange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.backend.*}.
 *
 * @param uri scheme and authority, optionally a path that is prepended to every request path
 * @param connectTimeout how long connecting may take, without the TLS handshake
 * @param responseTimeout from the last byte of the request to the head of the response, not counting interim responses,
 *     and between two reads of a body
 * @param requestIdleTimeout how long an upload may stall
 * @param streamIdleTimeout how long a WebSocket or an event stream may be silent; also how long a client may leave a
 *     body unread
 * @param maxConnections connections for requests
 * @param acquireTimeout how long a request waits for a free connection
 * @param maxStreams connections for WebSockets and event streams, beside max-connections
 * @param maxConnectionAge after which a connection is not reused, so that DNS changes are followed
 * @param maxIdleTime after which an idle connection is not reused; keep it below the backend's own keep-alive time-out
 * @param sslBundle the SSL bundle with the CA or pinned certificate of an https backend, and with the client
 *     certificate where it wants one
 * @param preserveHost whether the backend sees the client's Host rather than its own
 */
@ConfigurationProperties("identities.backend")
record BackendSettings(
        @Nullable String uri,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("30s") Duration responseTimeout,
        @DefaultValue("30s") Duration requestIdleTimeout,
        @DefaultValue("10m") Duration streamIdleTimeout,
        @DefaultValue("500") int maxConnections,
        @DefaultValue("2s") Duration acquireTimeout,
        @DefaultValue("1000") int maxStreams,
        @DefaultValue("60s") Duration maxConnectionAge,
        @DefaultValue("4s") Duration maxIdleTime,
        @Nullable String sslBundle,
        @DefaultValue("true") boolean preserveHost) {

    private static final String PREFIX = "identities.backend.";

    /** More than an address has ports. */
    private static final int MAX_CONNECTIONS = 1_000_000;

    BackendSettings {
        within("connect-timeout", connectTimeout, TimeoutRange.LONGEST_CONNECT);
        within("response-timeout", responseTimeout, TimeoutRange.LONGEST);
        within("request-idle-timeout", requestIdleTimeout, TimeoutRange.LONGEST);
        within("stream-idle-timeout", streamIdleTimeout, TimeoutRange.LONGEST);
        within("acquire-timeout", acquireTimeout, TimeoutRange.LONGEST);
        within("max-connection-age", maxConnectionAge, TimeoutRange.LONGEST);
        within("max-idle-time", maxIdleTime, TimeoutRange.LONGEST);
        connections("max-connections", maxConnections);
        connections("max-streams", maxStreams);
        if (uri != null && !BackendAddress.parse(uri).secure() && sslBundle != null && !sslBundle.isEmpty()) {
            throw new IllegalArgumentException(PREFIX + "ssl-bundle: found '" + sslBundle
                    + "' with an http address, which is reached without TLS, expected https in identities.backend.uri,"
                    + " or no bundle");
        }
    }

    private static void within(String name, Duration found, Duration longest) {
        TimeoutRange.require(PREFIX + name, found, longest);
    }

    private static void connections(String name, int found) {
        if (found < 1 || found > MAX_CONNECTIONS) {
            throw new IllegalArgumentException(
                    PREFIX + name + ": found " + found + ", expected 1 to " + MAX_CONNECTIONS);
        }
    }
}
