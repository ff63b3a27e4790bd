package io.identities.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.identities.gateway.access.Denial;
import io.identities.gateway.token.TokenVerification.Undecidable;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * An error response of the gateway: status, headers and an RFC 9457 body with {@code type}, {@code title},
 * {@code status}, {@code code} and {@code requestId}. Immutable; nothing of the request is ever echoed.
 */
public final class Refusal {

    private static final String REALM = "identities";
    private static final String UNNAMED = "-";

    private final ProblemCode code;
    private final Map<String, String> headers;
    private final boolean namesRequest;
    private final String head;

    private Refusal(ProblemCode code, Map<String, String> headers) {
        this.code = code;
        this.headers = Collections.unmodifiableMap(headers);
        this.namesRequest = code != ProblemCode.INVALID_CREDENTIALS && code != ProblemCode.TOO_MANY_ATTEMPTS;
        this.head = "{\"type\":\"about:blank\",\"title\":\"" + code.title() + "\",\"status\":" + code.status()
                + ",\"code\":\"" + code.code() + "\"";
    }

    public static Refusal of(ProblemCode code) {
        return requireNonNull(Prebuilt.PLAIN.get(code), code.name());
    }

    public static Refusal of(Denial denial) {
        return switch (denial.kind()) {
            case NO_TOKEN -> of(ProblemCode.MISSING_TOKEN);
            case INVALID_TOKEN -> of(ProblemCode.INVALID_TOKEN);
            case FORBIDDEN -> of(ProblemCode.INSUFFICIENT_SCOPE);
        };
    }

    public static Refusal of(Undecidable cause) {
        return switch (cause) {
            case NO_KEYS -> Prebuilt.NO_KEYS;
            case REVOCATIONS_UNKNOWN -> Prebuilt.REVOCATIONS_UNKNOWN;
        };
    }

    /**
     * This refusal with {@code Retry-After}.
     *
     * @param delay rounded up to whole seconds, at least one
     */
    public Refusal retryAfter(Duration delay) {
        long seconds = Math.max(1, (delay.toMillis() + 999) / 1000);
        return with(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }

    /**
     * This refusal with {@code Allow}.
     *
     * @param methods separated by comma and blank
     */
    public Refusal allow(String methods) {
        return with(HttpHeaders.ALLOW, methods);
    }

    public ProblemCode code() {
        return code;
    }

    /** Every response header except the length of the body and the request id. */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * The body, UTF-8. The body of a refused login has no request id, so that it is identical for known and unknown
     * users (LOG-01); the header {@code X-Request-Id} has it.
     *
     * @param requestId {@code [A-Za-z0-9._-]{1,64}}
     */
    public byte[] body(String requestId) {
        String end = namesRequest ? ",\"requestId\":\"" + requestId + "\"}" : "}";
        return (head + end).getBytes(UTF_8);
    }

    /** Sends this refusal as the response; completes when it is written. */
    public Mono<Void> send(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(code.status()));
        RequestContext context = RequestContext.find(exchange);
        if (context != null) {
            context.notes().failedWith(code);
        }
        byte[] body = body(context == null ? UNNAMED : context.id());
        HttpHeaders out = response.getHeaders();
        headers.forEach(out::set);
        out.setContentLength(body.length);
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }

    private Refusal with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Refusal(code, more);
    }

    private static Map<String, String> headers(ProblemCode code) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(HttpHeaders.CONTENT_TYPE, "application/problem+json");
        headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.put(HttpHeaders.PRAGMA, "no-cache");
        headers.put("X-Content-Type-Options", "nosniff");
        String error = error(code);
        if (error != null) {
            headers.put(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"" + REALM + "\"" + error);
        }
        return headers;
    }

    /** The parameters of a challenge after the realm; null where there are none. */
    private static @Nullable String error(ProblemCode code) {
        return switch (code) {
            case MISSING_TOKEN -> "";
            case INVALID_TOKEN ->
                ", error=\"invalid_token\", error_description=\"The token is malformed, expired, revoked or unknown\"";
            case INSUFFICIENT_SCOPE ->
                ", error=\"insufficient_scope\", error_description=\"The token does not permit this\"";
            default -> null;
        };
    }

    /** Refusals are frequent under attack, so everything but the request id is computed once. */
    private static final class Prebuilt {

        static final EnumMap<ProblemCode, Refusal> PLAIN = new EnumMap<>(ProblemCode.class);

        static {
            for (ProblemCode code : ProblemCode.values()) {
                PLAIN.put(code, new Refusal(code, headers(code)));
            }
        }

        static final Refusal NO_KEYS = of(ProblemCode.KEYS_UNAVAILABLE).retryAfter(Duration.ofSeconds(1));
        static final Refusal REVOCATIONS_UNKNOWN =
                of(ProblemCode.REVOCATIONS_UNAVAILABLE).retryAfter(Duration.ofSeconds(1));
    }
}
