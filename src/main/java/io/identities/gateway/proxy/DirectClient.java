package io.identities.gateway.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientState;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.context.Context;

/**
 * Sends requests without a body over the connections of an {@link HttpClient}, without the operators that it adds to
 * each request for redirects, retries, authentication and default headers. Acquires and releases connections as that
 * client does.
 */
final class DirectClient {

    private final ConnectionProvider connections;
    private final HttpClientConfig config;
    private final Supplier<? extends SocketAddress> remote;
    private final RequestHeaderPass headerPass;

    /** @param client whose connections to its one address are used */
    DirectClient(ConnectionProvider connections, HttpClient client, RequestHeaderPass headerPass) {
        this.connections = connections;
        this.config = client.configuration();
        this.remote = Objects.requireNonNull(config.remoteAddress(), "The client needs an address");
        this.headerPass = headerPass;
    }

    /**
     * Completes when {@code answer} has relayed the response. Every subscription sends the request.
     *
     * @param target path and query as in the request line
     * @param in the client's headers
     */
    Mono<Void> send(BackendCall call, String target, HttpHeaders in, BackendResponseRelay answer) {
        return Mono.<Connection>create(answered -> begin(new Exchange(call, target, in, answer, answered)))
                .flatMap(connection -> answer.relay((HttpClientResponse) connection, connection));
    }

    private void begin(Exchange exchange) {
        exchange.answered.onCancel(exchange);
        connections.acquire(config, exchange, remote, config.resolver()).subscribe(exchange);
    }

    /**
     * Waits for a connection and observes it, on its event loop. A client that disconnects, possibly on another event
     * loop, ends the wait or the connection.
     */
    private final class Exchange implements ConnectionObserver, CoreSubscriber<Connection>, Disposable {

        private final BackendCall call;
        private final String target;
        private final HttpHeaders in;
        private final BackendResponseRelay answer;
        private final MonoSink<Connection> answered;
        private volatile @Nullable Subscription wait;
        private volatile @Nullable Connection connection;
        private volatile boolean abandoned;

        Exchange(
                BackendCall call,
                String target,
                HttpHeaders in,
                BackendResponseRelay answer,
                MonoSink<Connection> answered) {
            this.call = call;
            this.target = target;
            this.in = in;
            this.answer = answer;
            this.answered = answered;
        }

        @Override
        public Context currentContext() {
            return Context.empty();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            wait = subscription;
            if (abandoned) {
                subscription.cancel();
            } else {
                subscription.request(Long.MAX_VALUE);
            }
        }

        /** There is a connection; the request is written when it is {@link ConnectionObserver.State#CONFIGURED}. */
        @Override
        public void onNext(Connection acquired) {
            connection = acquired;
            if (abandoned) {
                acquired.dispose();
            }
        }

        @Override
        public void onError(Throwable failure) {
            answered.error(failure);
        }

        @Override
        public void onComplete() {
            // What counts is the answer.
        }

        @Override
        public void dispose() {
            abandoned = true;
            Subscription waiting = wait;
            if (waiting != null) {
                waiting.cancel();
            }
            Connection acquired = connection;
            if (acquired != null) {
                acquired.dispose();
            }
        }

        @Override
        public void onStateChange(Connection connection, State state) {
            if (state == State.CONFIGURED) {
                write(connection);
            } else if (state == HttpClientState.RESPONSE_RECEIVED) {
                answered.success(connection);
            }
        }

        @Override
        public void onUncaughtException(Connection connection, Throwable error) {
            connection.markPersistent(false);
            answered.error(error);
        }

        private void write(Connection connection) {
            try {
                BackendConnectionHandler backend = BackendConnectionHandler.of(connection.channel());
                answer.sentOn(backend);
                backend.substitute(request(), connection.disposeSubscriber()::onComplete);
            } catch (RuntimeException failure) {
                connection.dispose();
                answered.error(failure);
            }
        }

        private FullHttpRequest request() {
            HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            headerPass.apply(call, in, headers);
            return new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    call.method(),
                    target,
                    Unpooled.EMPTY_BUFFER,
                    headers,
                    EmptyHttpHeaders.INSTANCE);
        }
    }
}
