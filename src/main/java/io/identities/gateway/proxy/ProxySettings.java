package io.identities.gateway.proxy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings {@code identities.proxy.*}.
 *
 * @param forwardToken whether the backend gets the client's Authorization header
 * @param closeStreamsAtExpiry whether WebSockets and event streams end when their token expires
 * @param websocketTokenSubprotocol whether a WebSocket may send its token as Sec-WebSocket-Protocol: bearer, TOKEN
 * @param maxWebsocketFrame the largest WebSocket frame in either direction; a larger one ends the WebSocket with 1009
 */
@ConfigurationProperties("identities.proxy")
record ProxySettings(
        @DefaultValue("true") boolean forwardToken,
        @DefaultValue("true") boolean closeStreamsAtExpiry,
        @DefaultValue("false") boolean websocketTokenSubprotocol,
        @DefaultValue("1MB") DataSize maxWebsocketFrame) {

    ProxySettings {
        if (maxWebsocketFrame.toBytes() < 125 || maxWebsocketFrame.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "identities.proxy.max-websocket-frame: found " + maxWebsocketFrame + ", expected 125B to 2047MB");
        }
    }
}
