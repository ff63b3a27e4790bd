package io.identities.gateway.http;

import org.springframework.core.Ordered;

/** In which order the web filters of the public side see a request. */
public final class WebFilterOrder {

    /** Makes the {@link RequestContext}; everything else may rely on it. */
    public static final int CONTEXT = Ordered.HIGHEST_PRECEDENCE;

    /** Early enough that every error of the gateway carries the CORS headers. */
    public static final int CORS = CONTEXT + 50;

    /** Before anything that could answer 400, 404, 405 or a CORS preflight, because forward-auth never does. */
    public static final int FORWARD_AUTH = CONTEXT + 100;

    /** After forward-auth, which answers none, and before anything that would ask a preflight for a token. */
    public static final int PREFLIGHT = CONTEXT + 200;

    /** Refuses ambiguous targets and what lies outside the base path. */
    public static final int TARGET = CONTEXT + 300;

    public static final int LOCAL_ENDPOINTS = CONTEXT + 400;

    private WebFilterOrder() {}
}
