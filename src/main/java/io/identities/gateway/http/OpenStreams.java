package io.identities.gateway.http;

/**
 * The open WebSockets and event streams. Thread-safe; {@link #closeAll} returns at once and the streams end on their
 * event loops.
 */
public interface OpenStreams {

    int count();

    void closeAll(CloseReason reason);

    /** Why the gateway ends a stream: a WebSocket gets the code (RFC 6455 section 7.4), an event stream a clean end. */
    enum CloseReason {
        TOKEN_EXPIRED(1008, "token expired"),
        TOKEN_REVOKED(1008, "token revoked"),
        GOING_AWAY(1001, "going away"),
        PROTOCOL_ERROR(1002, "protocol error"),
        FRAME_TOO_BIG(1009, "frame larger than identities.proxy.max-websocket-frame"),
        PEER_LOST(1011, "connection lost");

        private final int code;
        private final String text;

        CloseReason(int code, String text) {
            this.code = code;
            this.text = text;
        }

        public int code() {
            return code;
        }

        /** At most 123 bytes of ASCII. */
        public String text() {
            return text;
        }
    }
}
