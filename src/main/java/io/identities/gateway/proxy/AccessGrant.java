package io.identities.gateway.proxy;

import io.identities.gateway.token.AccessToken;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * That a request may pass, and as whom; put on the exchange by the access filter. Without one nothing is sent on.
 *
 * @param token null for an anonymous pass
 * @param offer what the client offered in {@code Sec-WebSocket-Protocol}, where a token was lifted from it
 */
record AccessGrant(@Nullable AccessToken token, @Nullable SubprotocolOffer offer) {

    static final AccessGrant ANONYMOUS = new AccessGrant(null, null);

    private static final String ATTRIBUTE = AccessGrant.class.getName();

    static @Nullable AccessGrant find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** @throws IllegalStateException when nobody has granted it */
    static AccessGrant of(ServerWebExchange exchange) {
        AccessGrant grant = find(exchange);
        if (grant == null) {
            throw new IllegalStateException("Nobody has decided on this request");
        }
        return grant;
    }

    void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
