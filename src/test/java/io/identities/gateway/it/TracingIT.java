package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Trace context: passed through by default, the gateway's own where the application observes. */
@ExtendWith(OutputCaptureExtension.class)
class TracingIT {

    private static final String PARENT = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    private static final String OURS = "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01";

    private final RecordingBackend backend = new RecordingBackend();

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void byDefaultTheTraceContextPassesUntouchedAndNoneIsMade() throws IOException {
        try (RunningGateway gateway =
                RunningGateway.inFrontOf(backend.uri(), "identities.endpoints.authenticate.enabled=false")) {
            get(gateway, PARENT + "tracestate: a=1,b=2\r\nbaggage: k=v\r\nb3: 0\r\n");
            assertThat(backend.last().head()).contains(PARENT.strip(), "tracestate: a=1,b=2", "baggage: k=v", "b3: 0");
            get(gateway, "");
            assertThat(backend.last().headers("traceparent")).isEmpty();
            assertThat(backend.last().headers("tracestate")).isEmpty();
        }
    }

    @Test
    void whereTheApplicationObservesTheBackendIsCalledWithinASpanOfTheGateway() throws IOException {
        Spans spans = new Spans();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(spans);
        try (RunningGateway gateway = RunningGateway.with(
                        "identities.backend.uri=" + backend.uri(), "identities.endpoints.authenticate.enabled=false")
                .bean(ObservationRegistry.class, () -> registry)
                .start()) {
            get(gateway, PARENT);
            assertThat(backend.last().headers("traceparent")).containsExactly(OURS);
            await().untilAsserted(() -> assertThat(spans.ended)
                    .contains("identities.backend.calls in http.server.requests", "http.server.requests in none"));

            backend.respond((request, out) -> {
                throw new IOException("dies");
            });
            get(gateway, PARENT);
            await().untilAsserted(() ->
                    assertThat(spans.ended).contains("identities.backend.calls in http.server.requests, failed"));
        }
    }

    @Test
    void switchedOnInAJarWithoutTracingItStopsTheStart(CapturedOutput output) {
        Throwable failure = catchThrowable(() -> RunningGateway.inFrontOf(
                        backend.uri(),
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.tracing.enabled=true")
                .close());

        assertThat(failure).isNotNull();
        assertThat(output.getAll()).contains("identities.tracing.enabled: found true in a jar without tracing");
    }

    private static void get(RunningGateway gateway, String headers) throws IOException {
        RawConnection.exchange(
                gateway.port(),
                "GET /x HTTP/1.1\r\nHost: a.example\r\nAuthorization: "
                        + TestTokens.token().bearer() + "\r\n" + headers + "\r\n");
    }

    private static final class Spans implements ObservationHandler<Observation.Context> {

        private final List<String> ended = new CopyOnWriteArrayList<>();

        @Override
        public void onStart(Observation.Context context) {
            if (context instanceof SenderContext<?> sender) {
                inject(sender);
            }
        }

        @Override
        public void onStop(Observation.Context context) {
            var parent = context.getParentObservation();
            ended.add(context.getName() + " in "
                    + (parent == null ? "none" : parent.getContextView().getName())
                    + (context.getError() == null ? "" : ", failed"));
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        private static <C> void inject(SenderContext<C> sender) {
            sender.getSetter().set(sender.getCarrier(), "traceparent", OURS);
        }
    }
}
