package io.identities.gateway.server;

/** The phase of the current request of a connection. */
enum RequestPhase {
    /** The first byte of a request is awaited. */
    IDLE,
    HEAD,
    /** The head has been passed on, the rest follows as it comes. */
    BODY,
    /** The request is complete; further bytes belong to the next one. */
    HELD,
    /** The response is written as well; the next request may begin once this one has been released. */
    ANSWERED,
    /** No request follows: the guard has left the pipeline. */
    OVER;

    boolean isIncomplete() {
        return compareTo(HELD) < 0;
    }
}
