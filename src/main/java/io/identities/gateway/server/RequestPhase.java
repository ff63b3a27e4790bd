package io.identities.gateway.server;

/** How far a connection has come with the request that is under way on it. */
enum RequestPhase {
    /** The first byte of a request is awaited. */
    IDLE,
    HEAD,
    /** The head has been passed on, the rest follows as it comes. */
    BODY,
    /** The request is there; what comes now belongs to the next one. */
    HELD,
    /** The answer is written as well; the next request may begin once this one has been put away. */
    ANSWERED,
    /** There is none to come: the guard has left. */
    OVER;

    boolean isIncomplete() {
        return compareTo(HELD) < 0;
    }
}
