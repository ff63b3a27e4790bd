package io.identities.gateway.http;

import java.util.Locale;

/** The stable {@code code} of every error that the gateway makes itself (RFC 9457 extension member). */
public enum ProblemCode {
    INVALID_CREDENTIALS(400, "Wrong username or password"),
    INVALID_REQUEST(400, "The request body is not what this endpoint takes"),
    AMBIGUOUS_REQUEST(400, "The request can be read in more than one way"),
    MISSING_TOKEN(401, "A bearer token is needed"),
    INVALID_TOKEN(401, "The token does not hold up"),
    INSUFFICIENT_SCOPE(403, "The token is good, but not for this"),
    CORS_REFUSED(403, "This origin may not do that"),
    NOT_FOUND(404, "Nothing is here"),
    METHOD_NOT_ALLOWED(405, "This path does not take that method"),
    REQUEST_TIMEOUT(408, "The request did not arrive in time"),
    BODY_TOO_LARGE(413, "The request body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "This endpoint takes application/json"),
    EXPECTATION_FAILED(417, "That expectation cannot be met"),
    TOO_MANY_ATTEMPTS(429, "Too many failed attempts"),
    HEADERS_TOO_LARGE(431, "The request head is larger than identities.headers.max-size"),
    INTERNAL_ERROR(500, "The gateway failed"),
    METHOD_NOT_IMPLEMENTED(501, "That method is not known here"),
    BACKEND_FAILED(502, "The backend did not answer properly"),
    BACKEND_UNAVAILABLE(503, "The backend cannot take this request now"),
    CREDENTIAL_CHECK_UNAVAILABLE(503, "The credential check cannot be asked now"),
    KEYS_UNAVAILABLE(503, "The issuer's keys cannot be had now"),
    REVOCATIONS_UNAVAILABLE(503, "The revocation state is not known now"),
    BACKEND_TIMEOUT(504, "The backend did not answer in time"),
    CREDENTIAL_CHECK_TIMEOUT(504, "The credential check did not answer in time"),
    LOOP_DETECTED(508, "The gateway's backend is the gateway");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The value of the {@code code} member. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
