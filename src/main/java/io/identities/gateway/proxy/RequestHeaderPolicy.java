package io.identities.gateway.proxy;

import io.identities.gateway.http.HopByHop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a client's header is forwarded to the backend, by its name in any spelling. */
enum RequestHeaderPolicy {
    DROP,
    HOST,
    LENGTH,
    AUTHORIZATION,
    /** Trusted from trusted proxies only, and rebuilt. */
    FORWARDED,
    /** Passed on from trusted proxies only. */
    CLAIM,
    SUBPROTOCOL;

    /** Some backends use them in place of the actual method, target or host. */
    static final List<String> OVERRIDES = List.of(
            "x-http-method-override",
            "x-http-method",
            "x-method-override",
            "x-original-url",
            "x-original-uri",
            "x-original-method",
            "x-rewrite-url",
            "x-rewrite-uri",
            "x-forwarded-uri",
            "x-forwarded-path",
            "x-forwarded-method",
            "x-envoy-original-path",
            "x-envoy-original-method",
            "x-envoy-original-host",
            "x-original-host",
            "x-http-host-override",
            "x-host");

    /** Headers that Netty's HTTP/2 codec adds to a request; a client must not set them either. */
    private static final List<String> HTTP2_NOTES = List.of(
            "x-http2-scheme",
            "x-http2-path",
            "x-http2-stream-id",
            "x-http2-stream-dependency-id",
            "x-http2-stream-weight",
            "x-http2-stream-promise-id");

    private static final List<String> SET_BY_PROXIES = List.of(
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-real-ip");

    /**
     * Headers from which some backends take the client's address, its scheme, or a path prefix: gunicorn cuts
     * {@code SCRIPT_NAME} off the path (gunicorn#2650), so that it serves another path than the gateway has judged.
     */
    private static final List<String> CLAIMS = List.of(
            "script-name",
            "path-info",
            "x-script-name",
            "x-scheme",
            "x-url-scheme",
            "front-end-https",
            "x-forwarded",
            "forwarded-for",
            "client-ip",
            "http-client-ip",
            "http-x-forwarded-for",
            "proxy-client-ip",
            "wl-proxy-client-ip",
            "true-client-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "x-envoy-external-address",
            "x-azure-clientip",
            "x-appengine-user-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "fastly-client-ip");

    private static final HeaderNameTable<RequestHeaderPolicy> FATES = new HeaderNameTable<>(fates());

    /** Null for a header without a rule. */
    static @Nullable RequestHeaderPolicy of(CharSequence name) {
        return FATES.get(name);
    }

    private static Map<String, RequestHeaderPolicy> fates() {
        Map<String, RequestHeaderPolicy> fates = new HashMap<>();
        HopByHop.NAMES.forEach(name -> fates.put(name, DROP));
        OVERRIDES.forEach(name -> fates.put(name, DROP));
        HTTP2_NOTES.forEach(name -> fates.put(name, DROP));
        SET_BY_PROXIES.forEach(name -> fates.put(name, FORWARDED));
        CLAIMS.forEach(name -> fates.put(name, CLAIM));
        fates.put("x-identities-hop", DROP);
        // Answered by the listener.
        fates.put("expect", DROP);
        // CGI passes it on as HTTP_PROXY, which HTTP clients in a backend use (CVE-2016-5385).
        fates.put("proxy", DROP);
        fates.put("host", HOST);
        fates.put("content-length", LENGTH);
        fates.put("authorization", AUTHORIZATION);
        fates.put("sec-websocket-protocol", SUBPROTOCOL);
        return fates;
    }
}
