package io.identities.gateway.http;

import io.identities.gateway.audit.SecurityEvent.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the access log wants to know of one request beyond its head and its status, told by whoever decides or answers.
 * Not thread-safe: the signals of a request come one after another.
 */
public interface AccessNotes {

    /** Takes no notes: the access log is off. */
    AccessNotes NONE = new AccessNotes() {};

    /**
     * How a door, a login, a renewal or a revocation decided.
     *
     * @param reason the code that metrics and audit show
     * @param user the caller's name; for a login that failed the name that was tried
     */
    default void decided(Outcome outcome, String reason, @Nullable String user) {}

    /** The gateway answers with an error of its own, or would if the answer had not begun. */
    default void failedWith(ProblemCode code) {}

    /** @param nanos from sending the request to the head of the backend's answer */
    default void backendAnswered(long nanos) {}

    /** More of the backend's body is on its way to the client. */
    default void sent(int bytes) {}
}
