package io.identities.gateway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bytes that never became a request: the same response as {@link Refusal#send}, made where there is no exchange
 * yet. Echoes nothing of the request except an allowed {@code Origin}.
 */
final class RawRefusal {

    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final String requestId;
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private RawRefusal(String requestId, int status, Map<String, String> headers, byte[] body) {
        this.requestId = requestId;
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** @param origin the request's {@code Origin}, as far as it is known */
    static RawRefusal of(ProblemCode code, ListenerRules rules, @Nullable String origin) {
        Refusal refusal = Refusal.of(code);
        if (code == ProblemCode.METHOD_NOT_ALLOWED) {
            refusal = refusal.allow(METHODS);
        }
        String requestId = rules.requestIds().next();
        byte[] body = refusal.body(requestId);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Date", rules.date().now().toString());
        headers.put("Content-Length", Integer.toString(body.length));
        headers.put(rules.requestIds().header(), requestId);
        headers.putAll(refusal.headers());
        rules.cors().onActualRequest(origin, headers::put);
        return new RawRefusal(requestId, code.status(), headers, body);
    }

    String requestId() {
        return requestId;
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    byte[] body() {
        return body.clone();
    }

    /** The complete HTTP/1.1 response, the last on its connection. */
    byte[] http1(boolean withBody) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(HttpResponseStatus.valueOf(status).reasonPhrase())
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] start = head.append("Connection: close\r\n\r\n").toString().getBytes(ISO_8859_1);
        if (!withBody) {
            return start;
        }
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        return whole;
    }
}
