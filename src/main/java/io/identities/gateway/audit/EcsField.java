package io.identities.gateway.audit;

/**
 * Fields of structured log lines, named by the Elastic Common Schema; fields of our own begin with {@code identities}.
 */
public final class EcsField {

    public static final String ACTION = "event.action";
    public static final String OUTCOME = "event.outcome";
    public static final String REASON = "event.reason";

    /** Nanoseconds. */
    public static final String DURATION = "event.duration";

    public static final String USER = "user.name";
    public static final String CLIENT = "client.ip";

    /** The id that the client sees in {@code X-Request-Id}. */
    public static final String REQUEST_ID = "http.request.id";

    public static final String METHOD = "http.request.method";
    public static final String STATUS = "http.response.status_code";
    public static final String BODY_BYTES = "http.response.body.bytes";
    public static final String PATH = "url.path";
    public static final String QUERY = "url.query";

    /** What was revoked. */
    public static final String SCOPE = "identities.scope";

    /** Nanoseconds to the head of the backend's response. */
    public static final String BACKEND_DURATION = "identities.backend.duration";

    /** True where the client or the backend disconnected before the response was complete. */
    public static final String CUT = "identities.answer.cut";

    private EcsField() {}
}
