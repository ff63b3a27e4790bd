package io.identities.gateway.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientState;
import reactor.netty.resources.ConnectionProvider;

/**
 * Sends requests without a body over the connections of an {@link HttpClient}, and goes around what that puts about each
 * request for others: redirects, retries, authentication, default headers and a dozen operators, a fifth of what a
 * proxied request costs. Connections are opened, kept, used and given back as that client does it.
 */
final class DirectClient {

    private final ConnectionProvider connections;
    private final HttpClientConfig config;
    private final Supplier<? extends SocketAddress> remote;

    /** @param client whose connections to its one address are used */
    DirectClient(ConnectionProvider connections, HttpClient client) {
        this.connections = connections;
        this.config = client.configuration();
        this.remote = Objects.requireNonNull(config.remoteAddress(), "The client needs an address");
    }

    /** What goes out on a connection, and to whom it is told. */
    interface Request {

        HttpMethod method();

        /** Path and query as they stand in the request line. */
        String target();

        /** Told before the request is written. */
        void sentOn(BackendConnection connection);

        /** Fills {@code headers}, which are empty. */
        void write(HttpHeaders headers);
    }

    /**
     * The connection on which the head of the answer has come, which is a {@link
     * reactor.netty.http.client.HttpClientResponse} as well; it goes back to the others when the answer is read to its
     * end. Every subscription sends the request.
     */
    Mono<Connection> send(Request request) {
        return Mono.create(answered -> connections
                .acquire(config, new Exchange(request, answered), remote, config.resolver())
                .subscribe(answered::onCancel, answered::error));
    }

    /** Hears what happens to the connection, on its event loop. */
    private record Exchange(Request request, MonoSink<Connection> answered) implements ConnectionObserver {

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
                BackendConnection backend = BackendConnection.of(connection.channel());
                request.sentOn(backend);
                backend.writeNext(message());
                connection.disposeSubscriber().onComplete();
            } catch (RuntimeException failure) {
                connection.dispose();
                answered.error(failure);
            }
        }

        private FullHttpRequest message() {
            HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            request.write(headers);
            return new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1,
                    request.method(),
                    request.target(),
                    Unpooled.EMPTY_BUFFER,
                    headers,
                    EmptyHttpHeaders.INSTANCE);
        }
    }
}
