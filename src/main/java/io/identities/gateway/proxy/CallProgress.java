package io.identities.gateway.proxy;

import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.netty.util.concurrent.EventExecutor;

/**
 * The phase of the call on one backend connection, and how long that phase may be inactive. A client that does not read
 * is not attributed to the backend. Event-loop bound.
 */
final class CallProgress {

    private final BackendTimeouts timeouts;
    private final InactivityTimer silence;

    private Phase phase = Phase.IDLE;
    private boolean writeFailed;
    private boolean readWanted;

    /** @param check run periodically while a call is in progress */
    CallProgress(BackendTimeouts timeouts, Runnable check) {
        this.timeouts = timeouts;
        this.silence = new InactivityTimer(check);
    }

    private enum Phase {
        IDLE,
        /** The request's body is being sent. */
        UPLOAD,
        /** The request is sent; no response yet. */
        WAIT,
        BODY,
        /** An event stream. */
        STREAM,
        /** A WebSocket, which has its own idle time-out. */
        SWITCHED
    }

    void begin() {
        phase = Phase.UPLOAD;
        writeFailed = false;
    }

    /** Nothing more of the request can be written; a response may still arrive. */
    void writeFailed() {
        writeFailed = true;
    }

    boolean hasWriteFailed() {
        return writeFailed;
    }

    /** The last part of the request is being written; ignored if a response has begun. */
    void requestSent() {
        if (phase == Phase.UPLOAD) {
            phase = Phase.WAIT;
        }
    }

    void answered() {
        phase = Phase.BODY;
    }

    /** The response is an event stream, which may be silent for longer. */
    void expectStream() {
        if (phase == Phase.BODY) {
            phase = Phase.STREAM;
        }
    }

    void switched() {
        phase = Phase.SWITCHED;
    }

    boolean isSwitched() {
        return phase == Phase.SWITCHED;
    }

    void finished() {
        phase = Phase.IDLE;
    }

    boolean isIdle() {
        return phase == Phase.IDLE;
    }

    void moved() {
        silence.moved();
    }

    /** The client is ready for more of the response. */
    void readWanted() {
        if (!readWanted) {
            readWanted = true;
            silence.moved();
        }
    }

    /** @param more whether the next part has already been requested */
    void received(boolean more) {
        readWanted = more;
        silence.moved();
    }

    /** Schedules the check for when the time is over. */
    void watch(EventExecutor executor) {
        silence.watch(executor, limit());
    }

    boolean isStalled() {
        return silence.isOver(limit());
    }

    /**
     * The side that stalls the call, if it {@link #isStalled}.
     *
     * @param writable whether the backend accepts the bytes that are sent to it
     */
    Exception fault(boolean writable) {
        if (phase != Phase.UPLOAD || writeFailed) {
            return ReadTimeoutException.INSTANCE;
        }
        return writable ? new RequestStalledException() : WriteTimeoutException.INSTANCE;
    }

    void cancel() {
        silence.cancel();
    }

    private long limit() {
        return switch (phase) {
            case UPLOAD -> writeFailed ? timeouts.response() : timeouts.requestIdle();
            case WAIT -> timeouts.response();
            case BODY -> readWanted ? timeouts.response() : timeouts.streamIdle();
            case STREAM, SWITCHED, IDLE -> timeouts.streamIdle();
        };
    }
}
