package io.identities.gateway.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code Sec-WebSocket-Protocol: bearer, TOKEN, …}: how a browser, which cannot set headers on a WebSocket, brings its
 * token ({@code identities.proxy.websocket-token-subprotocol}).
 *
 * @param marker {@code bearer} as the client spelled it: what the answer names where the backend picks nothing
 * @param token untrusted; never logged
 * @param others the protocols that remain for the backend, in order
 */
record SubprotocolOffer(String marker, String token, List<String> others) {

    /** @return null when the lines hold no marker with something behind it */
    static @Nullable SubprotocolOffer parse(List<String> lines) {
        List<String> protocols = new ArrayList<>();
        for (String line : lines) {
            for (String protocol : line.split(",", -1)) {
                protocols.add(protocol.strip());
            }
        }
        for (int i = 0; i + 1 < protocols.size(); i++) {
            if (protocols.get(i).toLowerCase(Locale.ROOT).equals("bearer")) {
                List<String> others = new ArrayList<>(protocols);
                others.subList(i, i + 2).clear();
                others.removeIf(String::isEmpty);
                return new SubprotocolOffer(protocols.get(i), protocols.get(i + 1), List.copyOf(others));
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "SubprotocolOffer[token=***, others=" + others + "]";
    }
}
