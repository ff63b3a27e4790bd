package io.identities.gateway.proxy;

import io.identities.gateway.http.HttpGrammar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code Sec-WebSocket-Protocol: bearer, TOKEN, …}: how a browser, which cannot set headers on a WebSocket, sends its
 * token ({@code identities.proxy.websocket-token-subprotocol}).
 *
 * @param marker {@code bearer} as the client spelled it; the response's protocol if the backend selects none
 * @param token untrusted; never logged
 * @param others the protocols that remain for the backend, in order
 */
record SubprotocolOffer(String marker, String token, List<String> others) {

    /** For an offer with two markers, which is ambiguous and therefore refused as malformed. */
    private static final String NO_TOKEN = "";

    /** @return null if the lines hold no marker followed by a value */
    static @Nullable SubprotocolOffer parse(List<String> lines) {
        List<String> protocols = HttpGrammar.elements(lines);
        for (int i = 0; i + 1 < protocols.size(); i++) {
            if (isMarker(protocols.get(i))) {
                return offer(protocols, i);
            }
        }
        return null;
    }

    private static SubprotocolOffer offer(List<String> protocols, int at) {
        String marker = protocols.get(at);
        String token = protocols.get(at + 1);
        List<String> others = new ArrayList<>(protocols);
        others.subList(at, at + 2).clear();
        if (isMarker(token) || others.stream().anyMatch(SubprotocolOffer::isMarker)) {
            return new SubprotocolOffer(marker, NO_TOKEN, List.of());
        }
        others.removeIf(other -> other.isEmpty() || other.equals(token));
        return new SubprotocolOffer(marker, token, List.copyOf(others));
    }

    private static boolean isMarker(String protocol) {
        return protocol.equalsIgnoreCase("bearer");
    }

    @Override
    public String toString() {
        return "SubprotocolOffer[token=***, others=" + others + "]";
    }
}
