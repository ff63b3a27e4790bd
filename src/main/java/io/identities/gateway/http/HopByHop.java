package io.identities.gateway.http;

import java.util.List;

/** Headers of requests and responses that concern one connection only (RFC 9110 section 7.6.1). */
public final class HopByHop {

    /** In lower case. */
    public static final List<String> NAMES = List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private HopByHop() {}
}
