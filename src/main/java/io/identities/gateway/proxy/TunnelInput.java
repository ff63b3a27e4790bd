package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes read at one end of a WebSocket. Once started, they are forwarded unchanged, up to the first frame that is
 * not allowed, or the end of the current frame when stopped; frames are not buffered. Bound to the event loop of its
 * connection.
 */
final class TunnelInput {

    private final TunnelEndHandler end;
    private final FrameScanner scanner;

    private @Nullable ByteBuf held;
    private @Nullable CloseReason stop;
    private boolean started;
    private boolean finishing;
    private boolean over;

    TunnelInput(TunnelEndHandler end, FrameScanner scanner) {
        this.end = end;
        this.scanner = scanner;
    }

    boolean isStarted() {
        return started;
    }

    /** Whether nothing is forwarded any more. */
    boolean isOver() {
        return over;
    }

    void start() {
        started = true;
        forward();
    }

    /** Takes ownership of {@code bytes}. */
    void add(ByteBufAllocator alloc, ByteBuf bytes) {
        held = held == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(alloc, held, bytes);
        if (started) {
            forward();
        }
    }

    /** Forwards nothing after the current frame. */
    void stop(CloseReason reason) {
        if (!over && stop == null) {
            stop = reason;
        }
    }

    /** Closes the other end with the reason of the stop, after the current frame to it. */
    void finish() {
        if (stop == null || over || finishing) {
            return;
        }
        finishing = true;
        if (scanner.isInFrame()) {
            end.other().endSoon();
            return;
        }
        close(stop);
        if (started) {
            forward();
        }
    }

    /** The connection is gone. */
    void lost() {
        if (over) {
            end.other().endSoon();
        } else if (scanner.isInFrame()) {
            over = true;
            end.other().breakOff();
        } else {
            close(CloseReason.PEER_LOST);
        }
    }

    void drop() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private void forward() {
        ByteBuf bytes = held;
        held = null;
        if (bytes == null) {
            return;
        }
        if (!over) {
            pass(bytes);
        }
        if (over) {
            awaitClose(bytes);
        }
        if (bytes.isReadable()) {
            held = bytes;
        } else {
            bytes.release();
        }
    }

    private void pass(ByteBuf bytes) {
        CloseReason reason = stop;
        if (reason != null && !scanner.isInFrame()) {
            return;
        }
        int length = reason == null ? scanner.scan(bytes) : scanner.scanFrame(bytes);
        if (length > 0) {
            end.other().write(bytes.readRetainedSlice(length), scanner.isClosed());
        }
        CloseReason violation = scanner.violation();
        if (scanner.isClosed()) {
            over = true;
        } else if (reason != null && finishing && !scanner.isInFrame()) {
            close(reason);
        } else if (violation != null) {
            end.violated(violation);
        }
    }

    /** After the gateway's own close only the peer's close frame matters. */
    private void awaitClose(ByteBuf bytes) {
        int length = scanner.scan(bytes);
        boolean nothingToCome = scanner.isClosed() || scanner.violation() != null;
        bytes.skipBytes(nothingToCome ? bytes.readableBytes() : length);
        if (scanner.isClosed()) {
            end.own().peerHasClosed();
        }
    }

    private void close(CloseReason reason) {
        over = true;
        end.other().close(reason);
        end.readAgain();
    }
}
