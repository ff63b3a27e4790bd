package io.identities.gateway.proxy;

import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the end of a response in the bytes that are being read: holds its last part back until it is known whether
 * more bytes follow. Event-loop bound.
 */
final class ResponseEnd {

    private @Nullable LastHttpContent last;
    private boolean reading;
    private boolean heard;
    private boolean strayed;

    void nextRequest() {
        heard = false;
    }

    void readBegins() {
        heard = true;
        reading = true;
    }

    /** Whether any byte has been received since the last request was written. */
    boolean hasHeard() {
        return heard;
    }

    /** Whether the bytes that are being decoded contain the end of the response. */
    boolean isReached() {
        return last != null;
    }

    /** Holds the last part of a response; false if it does not come from a read, so that nothing can follow. */
    boolean hold(LastHttpContent last) {
        if (!reading) {
            return false;
        }
        this.last = last;
        return true;
    }

    /** A message has arrived after the end. */
    void stray(Object message) {
        strayed = true;
        ReferenceCountUtil.release(message);
    }

    boolean hasStrays() {
        return strayed;
    }

    void readEnds() {
        reading = false;
    }

    /** Gives back the last part, if it is held: what is read from now on belongs to the next answer. */
    @Nullable LastHttpContent take() {
        LastHttpContent held = last;
        last = null;
        return held;
    }
}
