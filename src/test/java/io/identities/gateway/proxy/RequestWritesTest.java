package io.identities.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestWritesTest {

    private final BackendConnectionHandler connection = new BackendConnectionHandler(
            BackendTimeouts.of(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1)),
            new IdleConnections(Duration.ofMinutes(1)),
            () -> false);
    private final EmbeddedChannel channel = new EmbeddedChannel(connection);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void oneRequestIsWrittenInPlaceOfAnother() {
        FullHttpRequest meant = request("/meant");

        connection.substitute(meant, () -> channel.writeOutbound(request("/")));
        channel.writeOutbound(request("/next"));

        assertThat(channel.<Object>readOutbound()).isSameAs(meant);
        assertThat(channel.<FullHttpRequest>readOutbound().uri()).isEqualTo("/next");
    }

    /** Or the next client's request would be somebody else's. */
    @Test
    void whatNobodyWroteIsForgotten() {
        connection.substitute(request("/meant"), () -> {});
        channel.writeOutbound(request("/next"));

        assertThat(channel.<FullHttpRequest>readOutbound().uri()).isEqualTo("/next");
    }

    @Test
    void aFailedWriteEndsTheCallAndTheConnection() {
        IOException failure = new IOException("Broken pipe");
        channel.pipeline().addFirst(new FailingWrites(failure));

        connection.substitute(request("/meant"), () -> channel.writeAndFlush(request("/")));

        assertThatThrownBy(channel::checkException).isSameAs(failure);
        assertThat(channel.isOpen()).isFalse();
    }

    private static FullHttpRequest request(String target) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    }
}
