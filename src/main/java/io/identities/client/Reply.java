package io.identities.client;

/**
 * The result of a token request: a token or a failure, never both.
 *
 * @param byLogin whether a new session began with it
 * @param issued null with a failure
 * @param failure null with a token
 */
record Reply(boolean byLogin, IssuedToken issued, Failure failure) {

    /** Whether a renewal was refused, so that a login is needed. */
    boolean isSessionOver() {
        return !byLogin && failure != null && !failure.isPassing();
    }
}
