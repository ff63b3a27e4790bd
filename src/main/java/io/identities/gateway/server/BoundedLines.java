package io.identities.gateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Finds the lines of a head, each ended by CR LF and bounded in their total size. Reads ahead, never consumes. Not
 * thread-safe.
 */
final class BoundedLines {

    /** The line has no end yet. */
    static final int INCOMPLETE = -1;

    static final int TOO_LONG = -2;

    /** The line ends with a bare LF. */
    static final int MALFORMED = -3;

    private static final byte[] NO_LINE = new byte[0];

    private static final FastThreadLocal<byte[]> LINE = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return NO_LINE;
        }
    };

    private final int max;

    private int taken;
    private int searched;

    /** @param max bytes of all lines together; an empty one at the end comes on top */
    BoundedLines(int max) {
        this.max = max;
    }

    /** The next lines belong to another head. */
    void restart() {
        taken = 0;
        searched = 0;
    }

    /** Excludes {@code bytes} of what has been read from the limit. */
    void giveBack(int bytes) {
        taken = Math.max(0, taken - bytes);
    }

    /**
     * The end of the line that begins at {@code from}. While it is {@link #INCOMPLETE}, no byte is scanned twice.
     *
     * @return the index of its LF, or one of the constants above
     */
    int end(ByteBuf in, int from) {
        int end = in.indexOf(from + searched, in.writerIndex(), (byte) '\n');
        if (end < 0) {
            searched = in.writerIndex() - from;
            return taken + searched > max + 1 ? TOO_LONG : INCOMPLETE;
        }
        searched = 0;
        taken += end - from + 1;
        if (taken > max + 2) {
            return TOO_LONG;
        }
        return end > from && in.getByte(end - 1) == '\r' ? end : MALFORMED;
    }

    /** The first {@code length} bytes of a line, in an array that is valid until this thread copies the next line. */
    static byte[] copy(ByteBuf in, int from, int length) {
        byte[] line = LINE.get();
        if (line.length < length) {
            line = new byte[Math.max(length, 1024)];
            LINE.set(line);
        }
        in.getBytes(from, line, 0, length);
        return line;
    }
}
