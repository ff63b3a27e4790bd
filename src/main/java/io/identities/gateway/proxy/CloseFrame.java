package io.identities.gateway.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.ThreadLocalRandom;

/** A close frame of the gateway itself (RFC 6455 section 5.5.1). */
final class CloseFrame {

    private static final int FINAL_CLOSE = 0x88;
    private static final int MASKED = 0x80;

    private CloseFrame() {}

    /** @param masked whether it is sent to a server */
    static ByteBuf of(CloseReason reason, boolean masked, ByteBufAllocator alloc) {
        byte[] text = reason.text().getBytes(US_ASCII);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (reason.code() >> 8);
        payload[1] = (byte) reason.code();
        System.arraycopy(text, 0, payload, 2, text.length);
        ByteBuf frame = alloc.buffer(6 + payload.length).writeByte(FINAL_CLOSE);
        if (!masked) {
            return frame.writeByte(payload.length).writeBytes(payload);
        }
        int key = ThreadLocalRandom.current().nextInt();
        frame.writeByte(MASKED | payload.length).writeInt(key);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(payload[i] ^ key >> 24 - 8 * (i & 3));
        }
        return frame;
    }
}
