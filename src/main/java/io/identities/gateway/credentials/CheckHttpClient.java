package io.identities.gateway.credentials;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Makes one call to a service that checks credentials, on a connection of its own: never redirected, never sent twice,
 * bounded in time and response size. Every failure is a {@link CredentialCheckUnavailableException} that names scheme
 * and authority only.
 */
final class CheckHttpClient {

    /** The largest response body in bytes, after decompression. */
    static final int MAX_BODY = 64 * 1024;

    /** The longest that a DNS record is cached, whatever its TTL. */
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofSeconds(10);

    private final HttpClient transport;
    private final Duration timeout;
    private volatile HttpClient client;

    /**
     * With the platform's trust store.
     *
     * @param timeout from connecting to the last byte of the response
     */
    CheckHttpClient(Duration connectTimeout, Duration timeout) {
        this.timeout = timeout;
        this.transport = transport(connectTimeout);
        this.client = transport;
    }

    /** Applies from the next call on. */
    void use(SslContext tls) {
        client = transport.secure(spec -> spec.sslContext(tls));
    }

    /**
     * On a reused connection a late or duplicate response would be read as the response for the next user. Accepts
     * gzip, because a server may send any coding to a client that does not state one (RFC 9110 section 12.5.3).
     */
    static HttpClient transport(Duration connectTimeout) {
        return following(HttpClient.newConnection()
                .keepAlive(false)
                .followRedirect(false)
                .disableRetry(true)
                .compress(true)
                .httpResponseDecoder(spec -> spec.maxHeaderSize(16 * 1024))
                .proxyWithSystemProperties()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(NettyPipeline.HttpCodec, "interimResponses", new InterimResponseHandler())));
    }

    /** Bounds the DNS cache, so that address changes are followed; with a proxy, the proxy resolves the name. */
    private static HttpClient following(HttpClient client) {
        return client.configuration().hasProxy()
                ? client
                : client.resolver(names -> names.cacheMaxTimeToLive(MAX_TIME_TO_LIVE));
    }

    Mono<CheckResponse> send(HttpCall call) {
        byte[] body = call.body();
        HttpClient.RequestSender sender = client.headers(headers -> {
                    headers.set(HttpHeaderNames.ACCEPT, "application/json");
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, body == null ? 0 : body.length);
                    call.headers().forEach(headers::set);
                })
                .request(call.method())
                .uri(call.uri());
        HttpClient.ResponseReceiver<?> receiver =
                body == null ? sender : sender.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
        return receiver.response(
                        (response, content) -> bounded(content.asByteArray()).map(read -> reply(response, read)))
                .single()
                .timeout(timeout)
                .onErrorMap(failure -> unavailable(call.uri(), failure));
    }

    /** Reads at most one byte more than is allowed; the rest stays unread and the connection is closed. */
    private static Mono<ByteArrayOutputStream> bounded(Flux<byte[]> content) {
        return Mono.defer(() -> {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            return content.takeUntil(part -> {
                        read.write(part, 0, Math.min(part.length, MAX_BODY + 1 - read.size()));
                        return read.size() > MAX_BODY;
                    })
                    .then(Mono.just(read));
        });
    }

    private static CheckResponse reply(HttpClientResponse response, ByteArrayOutputStream read) {
        return new CheckResponse(
                response.status().code(),
                response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE),
                seconds(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER)),
                read.size() > MAX_BODY ? null : read.toByteArray());
    }

    private static @Nullable Duration seconds(@Nullable String retryAfter) {
        return retryAfter != null && retryAfter.matches("\\d{1,5}")
                ? Duration.ofSeconds(Math.min(3600, Math.max(1, Integer.parseInt(retryAfter))))
                : null;
    }

    private static Throwable unavailable(URI uri, Throwable failure) {
        if (failure instanceof CredentialCheckUnavailableException) {
            return failure;
        }
        boolean timedOut = failure instanceof TimeoutException || failure instanceof ConnectTimeoutException;
        return new CredentialCheckUnavailableException(
                timedOut ? Kind.TIMED_OUT : Kind.NO_ANSWER, HttpCall.place(uri) + ": " + cause(failure), null, failure);
    }

    private static String cause(Throwable failure) {
        if (failure instanceof TimeoutException || failure instanceof ConnectTimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof UnknownHostException) {
            return "unknown host";
        }
        if (failure instanceof ProxyConnectException || failure.getCause() instanceof ProxyConnectException) {
            return "no way through the proxy that the JVM's properties name";
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        if (failure instanceof SSLException) {
            return "TLS failed (" + failure.getClass().getSimpleName() + ")";
        }
        return "no proper answer (" + failure.getClass().getSimpleName() + ")";
    }
}
