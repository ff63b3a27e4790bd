package io.identities.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.NettyPipeline;
import reactor.netty.ReactorNetty;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Calls the backend. Does not retry, follow redirects, decompress or buffer. */
final class BackendClient implements AutoCloseable {

    private static final int MAX_READ = 32_768;

    static {
        // By default up to 128 buffers are prefetched from one side before the other has read any: a megabyte for each
        // slow reader. Read once, when the first body is sent.
        if (System.getProperty(ReactorNetty.REACTOR_NETTY_SEND_MAX_PREFETCH_SIZE) == null) {
            System.setProperty(ReactorNetty.REACTOR_NETTY_SEND_MAX_PREFETCH_SIZE, "32");
        }
    }

    private final BackendPools pools;
    private final HttpClient requests;
    private final HttpClient streams;
    private final DirectClient direct;
    private final Map<HttpMethod, HttpClient.RequestSender> senders;
    private final BackendAddress address;
    private final RequestHeaderPass headerPass;

    /**
     * @param maxHeadBytes the largest head of a response
     * @param transport adds name resolution and TLS
     * @param loops the listener's own event loops: a request stays on the one that has read it
     */
    BackendClient(
            BackendAddress address,
            BackendSettings settings,
            int maxHeadBytes,
            UnaryOperator<HttpClient> transport,
            LoopResources loops,
            RequestHeaderPass headerPass) {
        this.pools = BackendPools.of(settings, loops);
        this.requests = transport
                .apply(client(address, settings, maxHeadBytes, pools.requests(), pools.requests()::isExhausted))
                .runOn(loops);
        this.streams = transport
                .apply(client(address, settings, maxHeadBytes, pools.streams(), () -> false))
                .runOn(loops);
        this.direct = new DirectClient(pools.requests(), requests, headerPass);
        this.senders = senders(requests);
        this.address = address;
        this.headerPass = headerPass;
    }

    /**
     * Closes every connection and stops the eviction of idle ones, which would otherwise run for the life of the
     * process. Completes when the event loops have closed the connections. Idempotent.
     */
    Mono<Void> closeLater() {
        return pools.closeLater();
    }

    /** For a context that is closed before it has started. */
    @Override
    public void close() {
        closeLater().subscribe();
    }

    /** A client with a fixed address, so that no URI is built for a request. */
    private HttpClient client(
            BackendAddress address,
            BackendSettings settings,
            int maxHeadBytes,
            ConnectionProvider connections,
            BooleanSupplier awaited) {
        InetSocketAddress remote = InetSocketAddress.createUnresolved(address.host(), address.port());
        BackendTimeouts timeouts = BackendTimeouts.of(
                settings.requestIdleTimeout(), settings.responseTimeout(), settings.streamIdleTimeout());
        return HttpClient.create(new CancellableConnections(connections))
                .remoteAddress(() -> remote)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(settings.connectTimeout().toMillis()))
                // A failed write must not close the connection while an early answer waits to be read.
                .option(ChannelOption.AUTO_CLOSE, false)
                // The most bytes of one read, which back-pressure cannot hold back.
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, MAX_READ))
                .doOnChannelInit((observer, channel, peer) -> watch(channel.pipeline(), timeouts, awaited))
                .httpResponseDecoder(spec -> spec.maxHeaderSize(maxHeadBytes).maxInitialLineLength(maxHeadBytes))
                .disableRetry(true)
                .followRedirect(false)
                .compress(false);
    }

    private void watch(ChannelPipeline pipeline, BackendTimeouts timeouts, BooleanSupplier awaited) {
        BackendConnectionHandler connection = new BackendConnectionHandler(timeouts, pools.kept(), awaited);
        pipeline.addBefore(NettyPipeline.ReactiveBridge, BackendConnectionHandler.NAME, connection)
                .addBefore(NettyPipeline.HttpCodec, ResponseBytesHandler.NAME, connection.bytesHandler());
    }

    /** Whether the request has returned to the gateway that sent it. */
    boolean isLoop(HttpHeaders headers) {
        return headerPass.isLoop(headers);
    }

    /** Whether the request is in a loop, on any route. */
    boolean isEndless(HttpHeaders headers) {
        return headerPass.isEndless(headers);
    }

    /** Forwards {@code request} and lets {@code answer} relay the response; completes when the last byte is written. */
    Mono<Void> send(BackendCall call, HttpServerRequest request, BackendResponseRelay answer) {
        String target = address.basePath() + call.context().target().pathAndQuery();
        if (call.isRepeatable() && !call.mayStream()) {
            return direct.send(call, target, request.requestHeaders(), answer);
        }
        Mono<Void> answered = sender(call)
                .uri(target)
                .send((out, body) -> {
                    body.withConnection(connection -> answer.sentOn(BackendConnectionHandler.of(connection.channel())));
                    return write(call, request, out, body);
                })
                .responseConnection(answer::relay)
                .then();
        return CancellableConnections.cancellable(answered);
    }

    /** Each is derived from a copy of the client, so those of the usual methods are cached. */
    private HttpClient.RequestSender sender(BackendCall call) {
        if (call.mayStream()) {
            return streams.request(call.method());
        }
        HttpClient.RequestSender kept = senders.get(call.method());
        return kept == null ? requests.request(call.method()) : kept;
    }

    private static Map<HttpMethod, HttpClient.RequestSender> senders(HttpClient client) {
        return Stream.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH)
                .collect(Collectors.toMap(method -> method, client::request));
    }

    private Publisher<Void> write(
            BackendCall call, HttpServerRequest request, HttpClientRequest out, NettyOutbound body) {
        HttpHeaders headers = out.requestHeaders();
        headers.clear();
        headerPass.apply(call, request.requestHeaders(), headers);
        if (!call.hasBody()) {
            return body;
        }
        Flux<ByteBuf> bytes = request.receive().retain();
        return isCollected(call.method()) ? body.sendObject(bytes) : body.send(bytes);
    }

    /** For these methods reactor-netty aggregates the body in memory, unless it is sent as objects. */
    private static boolean isCollected(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD) || method.equals(HttpMethod.DELETE);
    }
}
