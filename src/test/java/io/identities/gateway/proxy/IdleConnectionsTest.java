package io.identities.gateway.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;

class IdleConnectionsTest {

    private static final Duration MAX_IDLE = Duration.ofSeconds(4);

    private final IdleConnections kept = new IdleConnections(MAX_IDLE);
    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private EmbeddedChannel rested;
    private EmbeddedChannel asked;

    @BeforeEach
    void open() {
        rested = channel();
        serve(rested);
        asked = channel();
        serve(asked);
        ask(asked);
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void whatRestedWhileAnotherWasFoundDeadIsOver() {
        assertThat(isOver(rested)).isFalse();
        asked.pipeline().fireChannelInactive();
        assertThat(isOver(rested)).isTrue();
        serve(rested);
        assertThat(isOver(rested)).as("has shown since that it lives").isFalse();
        assertThat(isOver(channel())).as("has never rested").isFalse();
    }

    @Test
    void aResetIsADeathToo() {
        asked.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(isOver(rested)).isTrue();
        assertThatThrownBy(asked::checkException).hasMessage("Connection reset by peer");
    }

    /** As reactor-netty does it: it closes a connection whose other side has said that it will send no more. */
    @Test
    void anEndOfTlsIsADeathToo() {
        asked.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
        asked.close();
        assertThat(isOver(rested)).isTrue();
    }

    @Test
    void aRequestThatCannotBeWrittenIsADeathToo() {
        IOException failure = new IOException("Broken pipe");
        EmbeddedChannel broken = channel();
        serve(broken);
        broken.pipeline().addFirst(new FailingWrites(failure));
        BackendConnectionHandler.of(broken).substitute(request(), () -> broken.writeAndFlush(request()));
        assertThat(isOver(rested)).isTrue();
        assertThatThrownBy(broken::checkException).isSameAs(failure);
    }

    @Test
    void aClientThatLeavesSaysNothingOfTheOthers() {
        asked.close();
        assertThat(isOver(rested)).isFalse();
    }

    @Test
    void anAnswerThatBreaksOffSaysNothingOfTheOthers() {
        asked.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 2", US_ASCII));
        asked.pipeline().fireChannelInactive();
        assertThat(isOver(rested)).isFalse();
    }

    @Test
    void aFreshConnectionThatIsClosedSaysNothingOfTheOthers() {
        EmbeddedChannel fresh = channel();
        ask(fresh);
        fresh.pipeline().fireChannelInactive();
        assertThat(isOver(rested)).isFalse();
    }

    @Test
    void whatIsClosedOrHasRestedForTooLongIsOver() {
        assertThat(kept.isOver(Connection.from(rested), new Rest(MAX_IDLE.toMillis())))
                .isTrue();
        assertThat(kept.isOver(Connection.from(rested).markPersistent(false), new Rest(0)))
                .isTrue();
        asked.close();
        assertThat(isOver(asked)).isTrue();
    }

    private boolean isOver(EmbeddedChannel channel) {
        return kept.isOver(Connection.from(channel), new Rest(0));
    }

    private EmbeddedChannel channel() {
        BackendTimeouts timeouts =
                BackendTimeouts.of(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1));
        BackendConnectionHandler connection = new BackendConnectionHandler(timeouts, kept, () -> false);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline()
                .addLast(ResponseBytesHandler.NAME, connection.bytesHandler())
                .addLast(NettyPipeline.HttpCodec, new HttpClientCodec())
                .addLast(BackendConnectionHandler.NAME, connection);
        channels.add(channel);
        return channel;
    }

    private static void ask(EmbeddedChannel channel) {
        channel.writeOutbound(request());
    }

    private static FullHttpRequest request() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static void serve(EmbeddedChannel channel) {
        ask(channel);
        channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 204 No Content\r\n\r\n", US_ASCII));
    }

    private record Rest(long idleTime) implements ConnectionMetadata {

        @Override
        public int acquireCount() {
            return 1;
        }

        @Override
        public long lifeTime() {
            return idleTime;
        }

        @Override
        public long releaseTimestamp() {
            return 0;
        }

        @Override
        public long allocationTimestamp() {
            return 0;
        }
    }
}
