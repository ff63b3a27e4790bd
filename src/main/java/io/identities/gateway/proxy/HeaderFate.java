package io.identities.gateway.proxy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a client's header on its way to the backend, by its name in any spelling. */
enum HeaderFate {
    DROP,
    HOST,
    LENGTH,
    AUTHORIZATION,
    /** Believed from trusted proxies only. */
    FORWARDED,
    SUBPROTOCOL;

    private static final HeaderNameTable<HeaderFate> FATES = new HeaderNameTable<>(fates());

    /** Null for a header that nobody has a rule for. */
    static @Nullable HeaderFate of(CharSequence name) {
        return FATES.get(name);
    }

    private static Map<String, HeaderFate> fates() {
        Map<String, HeaderFate> fates = new HashMap<>();
        put(
                fates,
                DROP,
                List.of(
                        "connection",
                        "keep-alive",
                        "proxy-connection",
                        "proxy-authorization",
                        "proxy-authenticate",
                        "te",
                        "trailer",
                        "transfer-encoding",
                        "upgrade",
                        "http2-settings",
                        "expect"));
        put(
                fates,
                DROP,
                List.of(
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
                        "x-identities-hop",
                        // CGI hands it on as HTTP_PROXY, which clients in a backend obey (CVE-2016-5385).
                        "proxy"));
        // What the server's HTTP/2 codec notes down among the headers of a request; no client may say it either.
        put(
                fates,
                DROP,
                List.of(
                        "x-http2-scheme",
                        "x-http2-path",
                        "x-http2-stream-id",
                        "x-http2-stream-dependency-id",
                        "x-http2-stream-weight",
                        "x-http2-stream-promise-id"));
        put(
                fates,
                FORWARDED,
                List.of(
                        "forwarded",
                        "x-forwarded-for",
                        "x-forwarded-proto",
                        "x-forwarded-host",
                        "x-forwarded-port",
                        "x-forwarded-prefix",
                        "x-real-ip"));
        fates.put("host", HOST);
        fates.put("content-length", LENGTH);
        fates.put("authorization", AUTHORIZATION);
        fates.put("sec-websocket-protocol", SUBPROTOCOL);
        return fates;
    }

    private static void put(Map<String, HeaderFate> fates, HeaderFate fate, List<String> names) {
        names.forEach(name -> fates.put(name, fate));
    }
}
