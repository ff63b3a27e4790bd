package io.identities.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class Http2DateHandlerTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new Http2DateHandler(new ResponseDate(InstantSource.fixed(Instant.parse("2026-11-27T15:30:00Z")))));

    @Test
    void datesAnAnswerThatHasNoDate() {
        assertThat(dateOf(new DefaultHttp2Headers().status("200"))).hasToString("Fri, 27 Nov 2026 15:30:00 GMT");
        assertThat(dateOf(new DefaultHttp2Headers().status("404").set("date", "then")))
                .hasToString("then");
    }

    @Test
    void leavesInterimAnswersAndTrailersAlone() {
        assertThat(dateOf(new DefaultHttp2Headers().status("103"))).isNull();
        assertThat(dateOf(new DefaultHttp2Headers().set("grpc-status", "0"))).isNull();
    }

    private @Nullable CharSequence dateOf(Http2Headers headers) {
        channel.writeOutbound(new DefaultHttp2HeadersFrame(headers));
        DefaultHttp2HeadersFrame written = channel.readOutbound();
        return written.headers().get("date");
    }
}
