package io.identities.gateway.proxy;

import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.WriteTimeoutException;
import io.netty.util.concurrent.EventExecutor;

/**
 * How far the call on one connection to the backend has come, and how long nothing may move at that point. A backend is
 * not blamed for what the client does not read. Event-loop bound.
 */
final class CallProgress {

    private final BackendTimeouts timeouts;
    private final InactivityTimer silence;

    private Phase phase = Phase.IDLE;
    private boolean writeFailed;
    private boolean readWanted;

    /** @param look what is to be done from time to time while a call is under way */
    CallProgress(BackendTimeouts timeouts, Runnable look) {
        this.timeouts = timeouts;
        this.silence = new InactivityTimer(look);
    }

    private enum Phase {
        IDLE,
        /** The request's body is on its way. */
        UPLOAD,
        /** The request is sent, nothing has come back. */
        WAIT,
        BODY,
        /** An event stream. */
        STREAM,
        /** A WebSocket, which keeps its own time. */
        SWITCHED
    }

    void begin() {
        phase = Phase.UPLOAD;
        writeFailed = false;
    }

    /** Nothing more of the request can be written; an answer may come all the same. */
    void writeFailed() {
        writeFailed = true;
    }

    boolean hasWriteFailed() {
        return writeFailed;
    }

    /** The last part of the request is being written, unless an answer has come before. */
    void requestSent() {
        if (phase == Phase.UPLOAD) {
            phase = Phase.WAIT;
        }
    }

    void answered() {
        phase = Phase.BODY;
    }

    /** What comes now is an event stream, which may be silent for longer. */
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

    /** The client is ready for more of the answer. */
    void readWanted() {
        if (!readWanted) {
            readWanted = true;
            silence.moved();
        }
    }

    /** @param more whether the next part is wanted already */
    void received(boolean more) {
        readWanted = more;
        silence.moved();
    }

    /** Sees to it that somebody looks when the time is over. */
    void watch(EventExecutor executor) {
        silence.watch(executor, limit());
    }

    boolean isStalled() {
        return silence.isOver(limit());
    }

    /**
     * Who keeps the call waiting, when it {@link #isStalled}.
     *
     * @param writable whether the backend takes what is sent to it
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
