package io.identities.gateway.proxy;

import io.identities.gateway.token.AccessToken;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/** Responses that last at most as long as their token: {@code text/event-stream} and streams of JSON lines. */
final class EventStreams {

    private static final List<String> TYPES =
            List.of("text/event-stream", "application/x-ndjson", "application/stream+json", "application/jsonl");

    private final StreamRegistry streams;

    EventStreams(StreamRegistry streams) {
        this.streams = streams;
    }

    static boolean isOne(HttpClientResponse answer) {
        return isOne(answer.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE));
    }

    static boolean isOne(@Nullable String type) {
        if (type == null) {
            return false;
        }
        for (String stream : TYPES) {
            if (type.regionMatches(true, 0, stream, 0, stream.length())) {
                return true;
            }
        }
        return false;
    }

    /** {@code body}, ended cleanly when the token expires, with the idle time-out of streams instead of requests. */
    Flux<DataBuffer> watch(@Nullable AccessToken token, Connection backend, Flux<DataBuffer> body) {
        BackendConnectionHandler.of(backend.channel()).expectStream();
        return endWithToken(token, body);
    }

    /** {@code body}, ended cleanly when the token expires. */
    <T> Flux<T> endWithToken(@Nullable AccessToken token, Flux<T> body) {
        Sinks.One<Object> ended = Sinks.one();
        StreamRegistry.Stream stream = streams.register(token, ended::tryEmitValue);
        return body.takeUntilOther(ended.asMono()).doFinally(signal -> stream.forget());
    }
}
