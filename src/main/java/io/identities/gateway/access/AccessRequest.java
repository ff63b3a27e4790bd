package io.identities.gateway.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gatekeeper decides on: method, target and credential of a request.
 *
 * @param method the method as sent
 * @param target the target, exactly as it is forwarded
 * @param authorization every {@code Authorization} header value, in order, untrimmed
 * @param subprotocolToken the token from {@code Sec-WebSocket-Protocol}, where that is switched on
 * @param id the request id, for log lines
 */
public record AccessRequest(
        String method,
        RequestTarget target,
        List<String> authorization,
        @Nullable String subprotocolToken,
        String id) {

    /** Without a request id: for decisions that are only explained. */
    public AccessRequest(
            String method, RequestTarget target, List<String> authorization, @Nullable String subprotocolToken) {
        this(method, target, authorization, subprotocolToken, "-");
    }

    @Override
    public String toString() {
        return "AccessRequest[method=" + method + ", credential=***]";
    }
}
