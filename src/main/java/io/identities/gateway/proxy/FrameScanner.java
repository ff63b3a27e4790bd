package io.identities.gateway.proxy;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows the WebSocket frames of one direction (RFC 6455 section 5.2). Reads only their headers; payloads, extension
 * bits and the UTF-8 of texts are left to the endpoints. Event-loop bound.
 */
final class FrameScanner {

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTROL = 0x08;
    private static final int CONTINUATION = 0;
    private static final int CLOSE = 8;
    private static final int MAX_CONTROL = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MASK_LENGTH = 4;

    private final boolean masked;
    private final long maxPayload;

    private long payloadLeft;
    private boolean fragmented;
    private boolean closing;
    private @Nullable CloseReason violation;

    /**
     * @param masked whether the sender has to mask: a client has to, a server must not
     * @param maxPayload the largest payload of one frame in bytes
     */
    FrameScanner(boolean masked, long maxPayload) {
        this.masked = masked;
        this.maxPayload = maxPayload;
    }

    /**
     * Scans the next bytes.
     *
     * @return how many of them may be forwarded: up to the end, the beginning of an incomplete header, the end of a
     *     close frame or the first frame that is not allowed
     */
    int scan(ByteBuf bytes) {
        return scan(bytes, false);
    }

    /** As {@link #scan}, but not beyond the end of the current frame. */
    int scanFrame(ByteBuf bytes) {
        return isInFrame() ? scan(bytes, true) : 0;
    }

    /** Whether the header of a frame has been forwarded and a part of its payload has not. */
    boolean isInFrame() {
        return payloadLeft > 0;
    }

    /** Whether a close frame has passed, after which a sender must not send anything. */
    boolean isClosed() {
        return closing && payloadLeft == 0;
    }

    /** Why the next frame is not allowed. */
    @Nullable CloseReason violation() {
        return violation;
    }

    private int scan(ByteBuf bytes, boolean oneFrame) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !isOver()) {
            if (payloadLeft == 0) {
                int header = header(bytes, at, end - at);
                if (header == 0) {
                    break;
                }
                at += header;
            }
            int payload = (int) Math.min(payloadLeft, end - at);
            payloadLeft -= payload;
            at += payload;
            if (oneFrame && payloadLeft == 0) {
                break;
            }
        }
        return at - bytes.readerIndex();
    }

    private boolean isOver() {
        return violation != null || isClosed();
    }

    /** @return the length of the header at {@code at}; 0 when it is incomplete or not allowed */
    private int header(ByteBuf bytes, int at, int available) {
        if (available < 2) {
            return 0;
        }
        int shortLength = bytes.getByte(at + 1) & 0x7f;
        int lengthBytes = shortLength == EIGHT_BYTES ? 8 : shortLength == TWO_BYTES ? 2 : 0;
        int header = 2 + lengthBytes + (masked ? MASK_LENGTH : 0);
        boolean wronglyMasked = (bytes.getByte(at + 1) & MASKED) != 0 != masked;
        if (wronglyMasked || !isWellFormed(bytes.getByte(at), shortLength)) {
            violation = CloseReason.PROTOCOL_ERROR;
            return 0;
        }
        if (available < header) {
            return 0;
        }
        long length = length(bytes, at + 2, shortLength);
        if (length < 0 || length > maxPayload) {
            violation = length < 0 ? CloseReason.PROTOCOL_ERROR : CloseReason.FRAME_TOO_BIG;
            return 0;
        }
        begin(bytes.getByte(at), length);
        return header;
    }

    private boolean isWellFormed(byte first, int shortLength) {
        int opcode = first & 0x0f;
        if ((opcode & CONTROL) != 0) {
            return opcode <= 10 && (first & FIN) != 0 && shortLength <= MAX_CONTROL;
        }
        return opcode <= 2 && (opcode == CONTINUATION) == fragmented;
    }

    /** @return -1 for a length that is not in its shortest form */
    private static long length(ByteBuf bytes, int at, int shortLength) {
        if (shortLength == TWO_BYTES) {
            int length = bytes.getUnsignedShort(at);
            return length < TWO_BYTES ? -1 : length;
        }
        if (shortLength == EIGHT_BYTES) {
            long length = bytes.getLong(at);
            return length <= 0xffff ? -1 : length;
        }
        return shortLength;
    }

    private void begin(byte first, long length) {
        int opcode = first & 0x0f;
        payloadLeft = length;
        closing = opcode == CLOSE;
        if ((opcode & CONTROL) == 0) {
            fragmented = (first & FIN) == 0;
        }
    }
}
