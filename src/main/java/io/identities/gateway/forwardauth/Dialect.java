package io.identities.gateway.forwardauth;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.http.HttpGrammar;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** How the calling proxy describes the original request. Only the headers of the configured dialect are read. */
enum Dialect {
    /** {@code X-Forwarded-Method} and {@code X-Forwarded-Uri}: Traefik, Caddy, NGINX Gateway Fabric. */
    X_FORWARDED("X-Forwarded-Method", "X-Forwarded-Uri"),

    /** {@code X-Original-Method} and {@code X-Original-URI}: nginx. */
    X_ORIGINAL("X-Original-Method", "X-Original-URI"),

    /** The method itself, and the original target below the path: Envoy. */
    PATH(null, null);

    private final @Nullable String methodHeader;
    private final @Nullable String targetHeader;

    Dialect(@Nullable String methodHeader, @Nullable String targetHeader) {
        this.methodHeader = methodHeader;
        this.targetHeader = targetHeader;
    }

    /**
     * The original request.
     *
     * @param suffix what follows the path of forward-auth in the request-target, query included
     * @return null when a header is missing or doubled, or the method is none
     */
    @Nullable Original read(ServerHttpRequest request, String suffix) {
        if (methodHeader == null || targetHeader == null) {
            return new Original(request.getMethod().name(), RequestTarget.of(rooted(suffix)));
        }
        String method = single(request.getHeaders(), methodHeader);
        String target = single(request.getHeaders(), targetHeader);
        // A doubled header that was merged on the way ("GET, POST") is not a token.
        if (method == null || target == null || !HttpGrammar.isToken(method)) {
            return null;
        }
        return new Original(method, RequestTarget.of(target));
    }

    private static String rooted(String suffix) {
        return suffix.startsWith("/") ? suffix : "/" + suffix;
    }

    private static @Nullable String single(HttpHeaders headers, String name) {
        List<String> values = headers.getOrEmpty(name);
        return values.size() == 1 && !values.get(0).isEmpty() ? values.get(0) : null;
    }

    /** What the client requested of the other proxy. */
    record Original(String method, RequestTarget target) {}
}
