package io.identities.gateway.proxy;

import io.identities.gateway.http.AccessNotes;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerResponse;

/** Relays the backend's response to one request to the client. Used by one event loop at a time. */
final class BackendResponseRelay {

    private static final int SWITCHING_PROTOCOLS = 101;

    /** The listener's own response class; any other one was substituted by a user's filter. */
    private static final Class<?> UNDECORATED = ClassUtils.resolveClassName(
            "org.springframework.http.server.reactive.ReactorServerHttpResponse",
            BackendResponseRelay.class.getClassLoader());

    private final ServerHttpResponse response;
    private final HttpServerResponse out;
    private final BackendCall call;
    private final EventStreams events;
    private final WebSocketRelay webSockets;
    private final BackendTimers timers;
    private final AccessNotes notes;
    private final long start = System.nanoTime();
    private final CharSequence[] ours;
    private @Nullable BackendConnectionHandler keptConnection;
    private boolean begun;

    BackendResponseRelay(
            ServerWebExchange exchange,
            BackendCall call,
            EventStreams events,
            WebSocketRelay webSockets,
            BackendTimers timers) {
        this.response = exchange.getResponse();
        this.out = ServerHttpResponseDecorator.getNativeResponse(response);
        this.call = call;
        this.events = events;
        this.webSockets = webSockets;
        this.timers = timers;
        this.notes = call.context().notes();
        this.ours = entries(out.responseHeaders());
    }

    /** Called before the request is written. */
    void sentOn(BackendConnectionHandler connection) {
        keptConnection = connection.hasCarriedRequest() ? connection : null;
    }

    /**
     * Whether {@code failure} only means that a kept-alive connection had died before any byte of a response (UPS-08).
     */
    boolean foundConnectionDead(Throwable failure) {
        return keptConnection != null && !keptConnection.hasHeard() && BackendFault.isDeadConnection(failure);
    }

    /** Counts the failure, unless the request was already counted when its response began. */
    void failed() {
        if (!begun) {
            timers.failed(start);
        }
    }

    /** Counts a client that disconnected before a response began. */
    void abandoned() {
        if (!begun) {
            timers.abandoned(start);
        }
    }

    /** Head and body; completes when the last byte is written. */
    Mono<Void> relay(HttpClientResponse answer, Connection backend) {
        if (answer.status().code() == SWITCHING_PROTOCOLS) {
            return switchProtocols(answer, backend.channel());
        }
        begin(answer.status().code(), answer.responseHeaders());
        boolean isStream = EventStreams.isOne(answer) && !isBodiless(answer);
        if (isStream) {
            // An event stream may end before, with its token.
            out.responseHeaders().remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        String length = isStream ? null : answer.responseHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && isSmall(length) && !isBodiless(answer)) {
            return whole(backend);
        }
        Flux<DataBuffer> body = body(backend);
        if (length != null) {
            return response.writeWith(body);
        }
        if (answer.responseHeaders().contains(HttpHeaderNames.TRAILER)) {
            ResponseTrailers.relay(answer, out);
        }
        return response.writeAndFlushWith(isStream ? stream(backend, body) : body.map(Flux::just));
    }

    /** Removes the headers of a backend that then failed, so that they do not appear on the gateway's own response. */
    void forget() {
        HttpHeaders headers = out.responseHeaders().clear();
        for (int i = 0; i < ours.length; i += 2) {
            headers.add(ours[i], ours[i + 1]);
        }
    }

    /** From 1 to 9,999 bytes: small enough to buffer, so that head and body are sent in one write. */
    private static boolean isSmall(String length) {
        return length.length() <= 4 && length.charAt(0) >= '1' && length.charAt(0) <= '9';
    }

    private boolean isBodiless(HttpClientResponse answer) {
        int status = answer.status().code();
        return call.isHead() || status == 204 || status == 304;
    }

    /** Begins with an empty buffer, which flushes the head: the first event may come much later (WSS-11). */
    private Flux<Flux<DataBuffer>> stream(Connection backend, Flux<DataBuffer> body) {
        Flux<DataBuffer> watched = events.watch(call.grant().token(), backend, body);
        return Flux.concat(Mono.just(Flux.empty()), watched.map(Flux::just));
    }

    /** Passes the backend's 101 on to the client, then joins both connections. */
    @SuppressWarnings("FutureReturnValueIgnored") // The close is reported by the channel itself.
    private Mono<Void> switchProtocols(HttpClientResponse answer, Channel backend) {
        if (!WebSocketHandshake.isAgreedTo(answer.requestHeaders(), answer.responseHeaders())) {
            backend.close();
            return Mono.error(new WebSocketHandshakeException("The backend's 101 does not agree to the handshake"));
        }
        WebSocketTunnel tunnel = webSockets.begin(call, backend);
        begin(SWITCHING_PROTOCOLS, answer.responseHeaders());
        WebSocketHandshake.agree(out.responseHeaders(), call.grant().offer());
        return response.setComplete()
                .then(Mono.defer(() -> webSockets.answer(tunnel, out)))
                .doFinally(signal -> {
                    if (signal != SignalType.ON_COMPLETE) {
                        backend.close();
                    }
                })
                .then(Mono.defer(() -> webSockets.run(tunnel, call)));
    }

    private void begin(int status, HttpHeaders headers) {
        begun = true;
        notes.backendAnswered(timers.answered(status, start));
        response.setStatusCode(HttpStatusCode.valueOf(status));
        ResponseHeaderPass.apply(status, headers, out.responseHeaders());
    }

    /** Names and values in turn. */
    private static CharSequence[] entries(HttpHeaders headers) {
        CharSequence[] entries = new CharSequence[2 * headers.size()];
        Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
        for (int i = 0; each.hasNext(); i += 2) {
            Map.Entry<CharSequence, CharSequence> entry = each.next();
            entries[i] = entry.getKey();
            entries[i + 1] = entry.getValue();
        }
        return entries;
    }

    private Mono<Void> whole(Connection backend) {
        if (response.getClass() != UNDECORATED) {
            return response.writeWith(DataBufferUtils.join(body(backend)));
        }
        return new BufferedResponse(
                backend.inbound().receiveObject(),
                response::setComplete,
                bytes -> out.sendObject(bytes).then());
    }

    private Flux<DataBuffer> body(Connection backend) {
        NettyDataBufferFactory buffers = (NettyDataBufferFactory) response.bufferFactory();
        Flux<DataBuffer> body = backend.inbound().receive().map(bytes -> {
            notes.sent(bytes.readableBytes());
            return buffers.wrap(bytes.retain());
        });
        // The head is written with the first part of the body, even an empty one.
        boolean headAhead = BackendConnectionHandler.of(backend.channel()).isHeadAhead();
        return headAhead ? body.startWith(buffers.wrap(new byte[0])) : body;
    }
}
