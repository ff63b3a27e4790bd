package io.identities.gateway.http;

import io.identities.gateway.audit.SecurityEvent.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the access log records of one request beyond its head and status; filled in by the code that decides or
 * responds. Not thread-safe: the signals of a request are sequential.
 */
public interface AccessNotes {

    /** Takes no notes: the access log is off. */
    AccessNotes NONE = new AccessNotes() {};

    /**
     * The outcome of a decision, a login, a renewal or a revocation.
     *
     * @param reason the code that metrics and audit show
     * @param user the caller's name; for a login that failed the name that was tried
     */
    default void decided(Outcome outcome, String reason, @Nullable String user) {}

    /** The gateway responds with an error of its own, or would if the response had not begun. */
    default void failedWith(ProblemCode code) {}

    /** @param nanos from sending the request to the head of the backend's response */
    default void backendAnswered(long nanos) {}

    /** More bytes of the backend's body are on their way to the client. */
    default void sent(int bytes) {}
}
