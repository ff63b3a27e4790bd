package io.identities.gateway.proxy;

/**
 * What a kept connection to the backend has been used for, and whether its end says something of those that rested beside
 * it. Event-loop bound, but for {@link #hasRestedSince}.
 */
final class ConnectionUse {

    private final IdleConnections kept;

    private boolean used;
    private boolean reused;
    private boolean closedHere;
    private volatile boolean rested;
    private volatile long restingSince;

    ConnectionUse(IdleConnections kept) {
        this.kept = kept;
    }

    /** Whether it has carried a request before the one that is about to be written. */
    boolean isReused() {
        return used;
    }

    void begins() {
        reused = used;
        used = true;
    }

    void rests() {
        restingSince = System.nanoTime();
        rested = true;
    }

    void closedHere() {
        closedHere = true;
    }

    boolean isClosedHere() {
        return closedHere;
    }

    /**
     * It ends before any byte of an answer: it may have died while it rested, and others with it. A client that leaves
     * says nothing of that.
     */
    void endsUnheard() {
        if (reused && !closedHere) {
            kept.foundDead();
        }
    }

    /**
     * Whether it has carried a request, and nothing since {@code moment}.
     *
     * @param moment of {@link System#nanoTime}
     */
    boolean hasRestedSince(long moment) {
        return rested && moment - restingSince >= 0;
    }
}
