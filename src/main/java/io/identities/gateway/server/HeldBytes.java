package io.identities.gateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** The bytes that have been read from a connection and not passed on yet, and how many of them have been checked. */
final class HeldBytes {

    private static final int ENOUGH = 65_536;

    private @Nullable ByteBuf bytes;
    private int checked;

    /** Takes over {@code more}. */
    void add(ByteBufAllocator alloc, ByteBuf more) {
        bytes = bytes == null ? more : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(alloc, bytes, more);
    }

    boolean isEmpty() {
        return bytes == null;
    }

    int size() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /** Whether reading should pause until some of the bytes are taken. */
    boolean isFull() {
        return size() >= ENOUGH;
    }

    void check(RequestFraming framing) {
        if (bytes != null) {
            int from = bytes.readerIndex();
            checked = framing.advance(bytes, from + checked) - from;
        }
    }

    /** The checked bytes, whose ownership passes to the caller; null if there are none. */
    @Nullable ByteBuf takeChecked() {
        int length = checked;
        checked = 0;
        if (bytes == null || length == 0) {
            return null;
        }
        return length == bytes.readableBytes() ? takeAll() : bytes.readRetainedSlice(length);
    }

    /** All bytes, whose ownership passes to the caller; null if there are none. */
    @Nullable ByteBuf takeAll() {
        ByteBuf all = bytes;
        bytes = null;
        checked = 0;
        return all;
    }

    void drop() {
        ByteBuf all = takeAll();
        if (all != null) {
            all.release();
        }
    }
}
