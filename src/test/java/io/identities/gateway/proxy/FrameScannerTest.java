package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.http.OpenStreams.CloseReason;
import io.identities.gateway.testing.RawWebSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameScannerTest {

    private static final int LIMIT = 100_000;

    @Property(tries = 300)
    void howTheBytesAreCutMakesNoDifference(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 70_000) Integer> sizes,
            @ForAll boolean masked,
            @ForAll @IntRange(min = 1, max = 9_000) int piece) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        sizes.forEach(size -> frames.writeBytes(RawWebSocket.frame(RawWebSocket.BINARY, new byte[size], masked)));
        frames.writeBytes(RawWebSocket.frame(RawWebSocket.CLOSE, new byte[2], masked));
        int allowed = frames.size();
        frames.writeBytes(new byte[] {1, 2, 3});
        FrameScanner scanner = new FrameScanner(masked, LIMIT);

        ByteBuf rest = Unpooled.buffer();
        byte[] bytes = frames.toByteArray();
        int passed = 0;
        for (int at = 0; at < bytes.length; at += piece) {
            rest.writeBytes(bytes, at, Math.min(piece, bytes.length - at));
            int length = scanner.scan(rest);
            rest.skipBytes(length);
            passed += length;
        }
        assertThat(passed).isEqualTo(allowed);
        assertThat(scanner.isClosed()).isTrue();
        assertThat(scanner.isInFrame()).isFalse();
        assertThat(scanner.violation()).isNull();
    }

    @Test
    void everythingBeforeTheFirstFrameThatIsNotAllowedGoesOn() {
        byte[] good = RawWebSocket.frame(RawWebSocket.TEXT, new byte[LIMIT], true);
        byte[] bad = RawWebSocket.frame(RawWebSocket.TEXT, new byte[LIMIT + 1], true);
        FrameScanner scanner = new FrameScanner(true, LIMIT);
        assertThat(scanner.scan(Unpooled.wrappedBuffer(good, bad))).isEqualTo(good.length);
        assertThat(scanner.violation()).isEqualTo(CloseReason.FRAME_TOO_BIG);
        assertThat(scanner.scan(Unpooled.wrappedBuffer(good))).isZero();
    }

    @Test
    void aScanOfOneFrameGoesNoFurtherThanTheFrameUnderWay() {
        byte[] frame = RawWebSocket.frame(RawWebSocket.TEXT, new byte[10], false);
        ByteBuf bytes = Unpooled.wrappedBuffer(frame, frame);
        FrameScanner scanner = new FrameScanner(false, LIMIT);
        assertThat(scanner.scanFrame(bytes)).as("no frame is under way").isZero();
        bytes.skipBytes(scanner.scan(bytes.slice(0, 5)));
        assertThat(scanner.isInFrame()).isTrue();
        assertThat(scanner.scanFrame(bytes)).isEqualTo(frame.length - 5);
        assertThat(scanner.isInFrame()).isFalse();
    }
}
