package io.identities.gateway.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.BiPredicate;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Adds the guards around the codec of each public connection and sets the codec's limits to match them. Switches
 * forwarded headers off in the listener: on some platforms Boot would trust them from any peer.
 */
final class ListenerCustomizer implements NettyServerCustomizer {

    private static final String GUARD = "identities.http1RequestGuard";
    private static final String WATCH = "identities.responseWatch";
    private static final String SEND_TIMEOUT = "identities.sendTimeout";
    private static final String IDLE = "identities.http2IdleTimeout";
    private static final String EMPTY_BODY = "identities.http2EmptyBody";
    private static final String DATE = "identities.http2Date";
    private static final String RESPONSE_END = "identities.http2ResponseEnd";
    private static final String NEGOTIATED = "identities.afterNegotiation";

    private static final int MAX_CONCURRENT_STREAMS = 100;
    private static final int RESETS = 200;
    private static final int RESET_SECONDS = 30;

    /** Window of one stream in bytes, large enough for uploads over connections with a long round-trip time. */
    private static final int STREAM_WINDOW = 262_144;

    /** Window of the whole connection in bytes, so that one stalled upload does not block the others. */
    private static final int CONNECTION_WINDOW = 1_048_576;

    private final ListenerRules rules;

    ListenerCustomizer(ListenerRules rules) {
        this.rules = rules;
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return withCarefulCompression(withoutCleartextHttp2(server))
                .httpRequestDecoder(decoder -> decoder.maxInitialLineLength(rules.maxHead())
                        .maxHeaderSize(rules.maxHead())
                        .validateHeaders(true)
                        .allowDuplicateContentLengths(false))
                .http2Settings(http2 -> http2.maxConcurrentStreams(MAX_CONCURRENT_STREAMS)
                        .maxHeaderListSize(rules.maxHead())
                        .initialWindowSize(STREAM_WINDOW)
                        .maxDecodedRstFramesPerWindow(RESETS, RESET_SECONDS)
                        .maxEncodedRstFramesPerWindow(RESETS, RESET_SECONDS))
                .accessLog(false)
                .forwarded(false)
                .doOnBound(bound -> bound.channel().pipeline().addFirst(new AcceptWarningHandler(System::nanoTime)))
                .doOnChannelInit((observer, channel, remote) -> {
                    channel.pipeline().addFirst(SEND_TIMEOUT, new SendTimeoutHandler(rules.sendTimeout()));
                    install(channel.pipeline());
                });
    }

    /** An h2c upgrade would bypass the guards. */
    private static HttpServer withoutCleartextHttp2(HttpServer server) {
        return server.configuration().sslProvider() == null ? server.protocol(HttpProtocol.HTTP11) : server;
    }

    private static HttpServer withCarefulCompression(HttpServer server) {
        BiPredicate<HttpServerRequest, HttpServerResponse> chosen =
                server.configuration().compressPredicate();
        return chosen == null ? server : server.compress(chosen.and(new CompressibleResponses()));
    }

    private void install(ChannelPipeline pipeline) {
        if (pipeline.get(NettyPipeline.HttpCodec) instanceof HttpServerCodec) {
            Http1RequestGuardHandler guard = new Http1RequestGuardHandler(rules);
            pipeline.addBefore(NettyPipeline.HttpCodec, GUARD, guard);
            pipeline.addAfter(
                    NettyPipeline.HttpCodec, WATCH, new ResponseWatchHandler(guard, rules.draining(), rules.date()));
        } else if (pipeline.get(NettyPipeline.HttpCodec) instanceof Http2FrameCodec codec) {
            pipeline.addBefore(NettyPipeline.H2MultiplexHandler, DATE, new Http2DateHandler(rules.date()));
            pipeline.addBefore(
                    NettyPipeline.H2MultiplexHandler, RESPONSE_END, new Http2ResponseEndHandler(rules.draining()));
            pipeline.addBefore(NettyPipeline.H2MultiplexHandler, IDLE, new Http2IdleTimeoutHandler(rules, codec));
            pipeline.addBefore(NettyPipeline.H2MultiplexHandler, GUARD, new Http2RequestGuardHandler(rules));
            pipeline.addBefore(NettyPipeline.H2MultiplexHandler, EMPTY_BODY, new Http2EmptyBodyHandler());
            widen(codec.connection());
        } else {
            pipeline.addAfter(NettyPipeline.H2OrHttp11Codec, NEGOTIATED, new AfterNegotiation());
        }
    }

    /** SETTINGS cannot change the window of the whole connection (RFC 9113 section 6.9.2). */
    private static void widen(Http2Connection connection) {
        Http2LocalFlowController flow = connection.local().flowController();
        Http2Stream whole = connection.connectionStream();
        try {
            flow.incrementWindowSize(whole, CONNECTION_WINDOW - flow.windowSize(whole));
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The codec of a TLS connection is known after ALPN; this event follows it. */
    private final class AfterNegotiation extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
                ChannelPipeline pipeline = ctx.pipeline();
                pipeline.remove(this);
                install(pipeline);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
