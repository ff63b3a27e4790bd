package io.identities.gateway.proxy;

import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer ends in the bytes that are being read: its last part is held back until it is known whether more
 * bytes follow. Event-loop bound.
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

    /** Whether any byte has come back since the last request was written. */
    boolean hasHeard() {
        return heard;
    }

    /** Whether the bytes that are being decoded hold the end of the answer. */
    boolean isReached() {
        return last != null;
    }

    /** Takes the last part of an answer; false where it comes from no read, and so nothing can follow. */
    boolean hold(LastHttpContent last) {
        if (!reading) {
            return false;
        }
        this.last = last;
        return true;
    }

    /** Something has come behind the end. */
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
