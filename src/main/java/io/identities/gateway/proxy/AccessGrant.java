package io.identities.gateway.proxy;

import io.identities.gateway.token.AccessToken;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * States that a request may pass, and as whom; put on the exchange by the access filter. Without one nothing is
 * forwarded.
 *
 * @param token null for an anonymous request
 * @param offer the client's {@code Sec-WebSocket-Protocol}, if the token was taken from it
 */
record AccessGrant(@Nullable AccessToken token, @Nullable SubprotocolOffer offer) {

    static final AccessGrant ANONYMOUS = new AccessGrant(null, null);

    private static final String ATTRIBUTE = AccessGrant.class.getName();

    static @Nullable AccessGrant find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** @throws IllegalStateException if there is none */
    static AccessGrant of(ServerWebExchange exchange) {
        AccessGrant grant = find(exchange);
        if (grant == null) {
            throw new IllegalStateException("There is no access decision for this request");
        }
        return grant;
    }

    void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
