package io.identities.gateway.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

class ResponseBytesHandlerTest {

    private static final String EVIL = "HTTP/1.1 200 OK\r\nX-Evil: 1\r\nContent-Length: 4\r\n\r\nevil";

    private final List<HttpResponse> answers = new ArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();
    private final EmbeddedChannel channel = channel();
    private boolean awaited;

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** As with TLS, where one read of the socket can bring several records. */
    @Test
    void whatComesInOneBreathWithAnAnswerIsNotTheNextAnswer() {
        ask(HttpMethod.HEAD);
        channel.writeInbound(bytes("HTTP/1.1 200 OK\r\nContent-Length: " + EVIL.length() + "\r\n\r\n"), bytes(EVIL));
        assertThat(answers).hasSize(1);
        assertThat(Connection.from(channel).isPersistent()).isFalse();
    }

    @Test
    void anAnswerInSeveralRecordsKeepsItsConnection() {
        ask(HttpMethod.GET);
        channel.writeInbound(bytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi"), bytes("ne"));
        assertThat(answers).hasSize(1);
        assertThat(Connection.from(channel).isPersistent()).isTrue();
        channel.writeInbound(bytes("HTTP/1.1 204 No Content\r\n\r\n"));
        assertThat(answers).hasSize(2);
    }

    /** Or the next request would be sent on a connection whose end has come with this answer. */
    @Test
    void whileARequestWaitsForTheConnectionAnAnswerEndsBehindWhateverElseHasCome() {
        awaited = true;
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ctx.fireChannelRead(message);
                ctx.fireChannelReadComplete();
            }
        });
        ask(HttpMethod.GET);
        channel.writeInbound(bytes("HTTP/1.1 204 No Content\r\n\r\n"), bytes(EVIL));
        assertThat(ends).hasValue(1);
        assertThat(answers).hasSize(1);
        assertThat(Connection.from(channel).isPersistent()).isFalse();
    }

    /** Behind the end of an answer the next request is sent at once, as by one that has waited for the connection. */
    private EmbeddedChannel channel() {
        BackendTimeouts timeouts =
                BackendTimeouts.of(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1));
        BackendConnectionHandler connection =
                new BackendConnectionHandler(timeouts, new IdleConnections(Duration.ofMinutes(1)), () -> awaited);
        EmbeddedChannel made = new EmbeddedChannel();
        made.pipeline()
                .addLast(ResponseBytesHandler.NAME, connection.bytesHandler())
                .addLast(NettyPipeline.HttpCodec, new HttpClientCodec())
                .addLast(BackendConnectionHandler.NAME, connection)
                .addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        if (message instanceof HttpResponse answer) {
                            answers.add(answer);
                        }
                        if (message instanceof LastHttpContent) {
                            ends.incrementAndGet();
                            ask(HttpMethod.GET);
                        }
                        ReferenceCountUtil.release(message);
                    }
                });
        return made;
    }

    private void ask(HttpMethod method) {
        channel.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/"));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }
}
