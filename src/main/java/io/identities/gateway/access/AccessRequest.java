package io.identities.gateway.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to the gatekeeper: what is asked for, and with which credential.
 *
 * @param method the method as sent
 * @param target the judged target, which is the proxied one
 * @param authorization every {@code Authorization} header value, in order, untrimmed
 * @param subprotocolToken a token lifted from {@code Sec-WebSocket-Protocol}, where that is switched on
 * @param id names the request that asks in what may be logged about it
 */
public record AccessRequest(
        String method,
        RequestTarget target,
        List<String> authorization,
        @Nullable String subprotocolToken,
        String id) {

    /** A question that no request asks. */
    public AccessRequest(
            String method, RequestTarget target, List<String> authorization, @Nullable String subprotocolToken) {
        this(method, target, authorization, subprotocolToken, "-");
    }

    @Override
    public String toString() {
        return "AccessRequest[method=" + method + ", credential=***]";
    }
}
