package io.identities.gateway.http;

import org.springframework.core.Ordered;

/** The order of the web filters on the public port. */
public final class WebFilterOrder {

    /** Creates the {@link RequestContext}, which everything else relies on. */
    public static final int CONTEXT = Ordered.HIGHEST_PRECEDENCE;

    /** Early enough that every error of the gateway carries the CORS headers. */
    public static final int CORS = CONTEXT + 50;

    /** Before anything that could answer 400, 404, 405 or a CORS preflight, because forward-auth never does. */
    public static final int FORWARD_AUTH = CONTEXT + 100;

    /** After forward-auth, which never answers a preflight, and before anything that would demand a token of one. */
    public static final int PREFLIGHT = CONTEXT + 200;

    /** Refuses ambiguous targets and what lies outside the base path. */
    public static final int TARGET = CONTEXT + 300;

    public static final int LOCAL_ENDPOINTS = CONTEXT + 400;

    private WebFilterOrder() {}
}
