package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class WholeBodyTest {

    private final TestPublisher<Object> parts = TestPublisher.createCold();
    private final List<Object> sent = new ArrayList<>();
    private final Mono<String> body =
            new WholeBody(parts, new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT)).map(WholeBodyTest::text);

    @Test
    void partsAreJoined() {
        send(bytes("one, "));
        send(new DefaultHttpContent(bytes("two, ")));
        send(bytes("three"));
        parts.complete();

        StepVerifier.create(body).expectNext("one, two, three").verifyComplete();
        assertReleased();
    }

    @Test
    void aBodyWithoutPartsIsEmpty() {
        parts.complete();

        StepVerifier.create(body).verifyComplete();
    }

    @Test
    void whatCameBeforeAFailureIsReleased() {
        send(bytes("one"));
        send(bytes("two"));
        parts.error(new IOException("reset"));

        StepVerifier.create(body).verifyError(IOException.class);
        assertReleased();
    }

    @Test
    void whatCameBeforeTheClientLeftIsReleased() {
        TestPublisher<Object> open = TestPublisher.create();
        ByteBuf first = bytes("one");
        ByteBuf second = bytes("two");

        StepVerifier.create(new WholeBody(open, new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT)))
                .then(() -> open.next(first, second))
                .thenCancel()
                .verify();

        open.assertCancelled();
        // The publisher's own is left.
        assertThat(first.refCnt()).isOne();
        assertThat(second.refCnt()).isOne();
    }

    private void send(Object part) {
        sent.add(part);
        parts.next(part);
    }

    private void assertReleased() {
        // The publisher has its own still.
        assertThat(sent)
                .allSatisfy(part -> assertThat(ReferenceCountUtil.refCnt(part)).isOne());
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static String text(DataBuffer buffer) {
        String text = buffer.toString(StandardCharsets.UTF_8);
        DataBufferUtils.release(buffer);
        return text;
    }
}
