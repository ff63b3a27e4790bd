package io.identities.gateway.http;

import java.util.Locale;

/** The stable {@code code} of every error that the gateway makes itself (RFC 9457 extension member). */
public enum ProblemCode {
    INVALID_CREDENTIALS(400, "Wrong username or password"),
    INVALID_REQUEST(400, "The request body is not valid for this endpoint"),
    AMBIGUOUS_REQUEST(400, "The request is ambiguous"),
    MISSING_TOKEN(401, "A bearer token is required"),
    INVALID_TOKEN(401, "The token is not valid"),
    INSUFFICIENT_SCOPE(403, "The token does not grant access to this resource"),
    CORS_REFUSED(403, "The CORS request is not allowed"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    REQUEST_TIMEOUT(408, "The request did not arrive in time"),
    BODY_TOO_LARGE(413, "The request body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The content type must be application/json"),
    EXPECTATION_FAILED(417, "The expectation cannot be met"),
    TOO_MANY_ATTEMPTS(429, "Too many failed attempts"),
    HEADERS_TOO_LARGE(431, "The request head is larger than identities.headers.max-size"),
    INTERNAL_ERROR(500, "Internal error"),
    METHOD_NOT_IMPLEMENTED(501, "The method is not supported"),
    BACKEND_FAILED(502, "No valid response from the backend"),
    BACKEND_UNAVAILABLE(503, "The backend is currently unavailable"),
    CREDENTIAL_CHECK_UNAVAILABLE(503, "The credential check is currently unavailable"),
    KEYS_UNAVAILABLE(503, "The issuer's keys are currently unavailable"),
    REVOCATIONS_UNAVAILABLE(503, "The revocation state is currently unavailable"),
    BACKEND_TIMEOUT(504, "The backend did not respond in time"),
    CREDENTIAL_CHECK_TIMEOUT(504, "The credential check did not respond in time"),
    LOOP_DETECTED(508, "The request was routed back to the gateway");

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
