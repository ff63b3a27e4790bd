package io.identities.gateway.proxy;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;

/**
 * What a kept connection to the backend has been used for, and what its end says: of the answer that ends with it, and of
 * those that rested beside it. Event-loop bound, but for {@link #hasRestedSince}.
 */
final class ConnectionUse {

    private final IdleConnections kept;

    private boolean carriedRequest;
    private boolean currentIsReuse;
    private boolean closedHere;
    private boolean closeNotified;
    private volatile boolean rested;
    private volatile long restingSince;

    ConnectionUse(IdleConnections kept) {
        this.kept = kept;
    }

    /** Whether it has carried a request before the one that is about to be written. */
    boolean hasCarriedRequest() {
        return carriedRequest;
    }

    void begins() {
        currentIsReuse = carriedRequest;
        carriedRequest = true;
    }

    void rests() {
        restingSince = System.nanoTime();
        rested = true;
    }

    void closedHere() {
        closedHere = true;
    }

    /** The backend has told over TLS that it sends no more. */
    void closeNotified() {
        closeNotified = true;
    }

    /** Whether an end of the connection is no accident: TLS tells so (RFC 9112 section 9.8), TCP alone cannot. */
    boolean isEndMeant(ChannelPipeline pipeline) {
        return closeNotified || closedHere || pipeline.get(SslHandler.class) == null;
    }

    /**
     * It ends before any byte of a response: it may have died while idle, and others with it. Not called when the
     * client disconnects.
     */
    void endsUnheard() {
        if (currentIsReuse && !closedHere) {
            kept.foundDead();
        }
    }

    /**
     * Whether it has carried a request, but none since {@code moment}.
     *
     * @param moment a value of {@link System#nanoTime}
     */
    boolean hasRestedSince(long moment) {
        return rested && moment - restingSince >= 0;
    }
}
