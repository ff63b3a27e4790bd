package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BufferedResponseTest {

    private final List<Object> parts = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final TestPublisher<Object> source = TestPublisher.create();
    private final Sinks.Empty<Void> commit = Sinks.empty();
    private final Mono<Void> answer = new BufferedResponse(source, this::commit, this::write);

    /** Whatever happens, nothing but what the publisher itself holds is left. */
    @AfterEach
    void everyBufferIsReleased() {
        assertThat(parts)
                .allSatisfy(part -> assertThat(ReferenceCountUtil.refCnt(part)).isOne());
    }

    @Test
    void partsAreWrittenAsOneBehindTheHead() {
        StepVerifier.create(answer)
                .then(() -> send(bytes("one, "), new DefaultHttpContent(bytes("two, ")), bytes("three")))
                .then(() -> assertThat(said).isEmpty())
                .then(source::complete)
                .then(commit::tryEmitEmpty)
                .verifyComplete();

        assertThat(said).containsExactly("commit", "write one, two, three");
    }

    @Test
    void aFailureBeforeTheEndLeavesTheResponseUncommitted() {
        StepVerifier.create(answer)
                .then(() -> send(bytes("one"), bytes("two")))
                .then(() -> source.error(new IOException("reset")))
                .verifyError(IOException.class);

        assertThat(said).isEmpty();
    }

    @Test
    void aFailedCommitIsTold() {
        StepVerifier.create(answer)
                .then(() -> send(bytes("one")))
                .then(source::complete)
                .then(() -> commit.tryEmitError(new IllegalStateException("filter")))
                .verifyError(IllegalStateException.class);

        assertThat(said).containsExactly("commit");
    }

    @Test
    void aClientMayLeaveWithinTheBody() {
        StepVerifier.create(answer)
                .then(() -> send(bytes("one"), bytes("two")))
                .thenCancel()
                .verify();

        source.assertCancelled();
        assertThat(said).isEmpty();
    }

    @Test
    void aClientMayLeaveBeforeTheHeadIsReady() {
        StepVerifier.create(answer)
                .then(() -> send(bytes("one")))
                .then(source::complete)
                .thenCancel()
                .verify();

        commit.tryEmitEmpty();
        assertThat(said).containsExactly("commit");
    }

    private void send(Object... all) {
        for (Object part : all) {
            parts.add(part);
            source.next(part);
        }
    }

    private Mono<Void> commit() {
        said.add("commit");
        return commit.asMono();
    }

    private Mono<Void> write(ByteBuf body) {
        return Mono.fromRunnable(() -> {
            said.add("write " + body.toString(StandardCharsets.UTF_8));
            body.release();
        });
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
