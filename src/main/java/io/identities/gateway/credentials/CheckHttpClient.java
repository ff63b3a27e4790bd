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
 * One call to a service that checks credentials, on a connection of its own: never redirected, never sent twice, bounded
 * in time and in the size of the answer. Whatever goes wrong is a {@link CredentialCheckUnavailableException} that names
 * scheme and authority only.
 */
final class CheckHttpClient {

    /** Bytes of an answer's body that are read, unpacked. */
    static final int MAX_BODY = 64 * 1024;

    /** What a name server may say at most about how long its answer is good. */
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofSeconds(10);

    private final HttpClient transport;
    private final Duration timeout;
    private volatile HttpClient client;

    /**
     * With the platform's trust.
     *
     * @param timeout from the first byte sent to the last byte of the answer, connecting included
     */
    CheckHttpClient(Duration connectTimeout, Duration timeout) {
        this.timeout = timeout;
        this.transport = transport(connectTimeout);
        this.client = transport;
    }

    /** What counts from the next call on. */
    void use(SslContext tls) {
        client = transport.secure(spec -> spec.sslContext(tls));
    }

    /**
     * On a connection that is used again, an answer that comes late or twice would be read as the one about whoever logs
     * in next. Answers in gzip are unpacked: whoever is not told a coding may send any (RFC 9110 section 12.5.3).
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

    /** Names that move are followed; behind a proxy it is the proxy that asks for them. */
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

    /** At most one byte more than is allowed; the rest of the answer is left unread and its connection closed. */
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
