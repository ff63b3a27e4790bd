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
record Passage(@Nullable AccessToken token, @Nullable SubprotocolOffer offer) {

    static final Passage ANONYMOUS = new Passage(null, null);

    private static final String ATTRIBUTE = Passage.class.getName();

    static @Nullable Passage find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** @throws IllegalStateException when nobody has granted it */
    static Passage of(ServerWebExchange exchange) {
        Passage passage = find(exchange);
        if (passage == null) {
            throw new IllegalStateException("Nobody has decided on this request");
        }
        return passage;
    }

    void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
