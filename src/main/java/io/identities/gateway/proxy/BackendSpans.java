package io.identities.gateway.proxy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplySenderContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Creates a span for each call of the backend if tracing is on: the backend then gets the trace context of the
 * gateway's span in place of the client's. Off with a no-op registry, at the cost of one comparison.
 */
final class BackendSpans {

    private static final String NAME = "identities.backend.calls";

    /** The key of the request's observation in Reactor's context. */
    private static final String CURRENT = "micrometer.observation";

    private final ObservationRegistry registry;

    BackendSpans(ObservationRegistry registry) {
        this.registry = registry;
    }

    boolean areOff() {
        return registry.isNoop();
    }

    /** {@code answer}, observed from its subscription to its end. */
    Mono<Void> observe(BackendCall call, Function<BackendCall, Mono<Void>> answer) {
        return Mono.deferContextual(context -> {
            Observation parent = context.getOrDefault(CURRENT, null);
            HttpHeaders trace = new DefaultHttpHeaders();
            Observation span = start(trace, parent);
            return answer.apply(call.traced(trace)).doOnError(span::error).doFinally(signal -> span.stop());
        });
    }

    private Observation start(HttpHeaders trace, @Nullable Observation parent) {
        RequestReplySenderContext<HttpHeaders, Object> sender =
                new RequestReplySenderContext<>((carrier, name, value) -> trace.set(name, value), Kind.CLIENT);
        sender.setCarrier(trace);
        sender.setRemoteServiceName("backend");
        return Observation.createNotStarted(NAME, () -> sender, registry)
                .contextualName("backend")
                .parentObservation(parent)
                .start();
    }
}
