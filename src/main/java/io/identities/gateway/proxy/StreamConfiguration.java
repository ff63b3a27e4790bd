package io.identities.gateway.proxy;

import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.TokenVerifier;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires WebSockets and event streams, and the sweep that ends them with their tokens. */
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

    /** How long after its token a stream may end. */
    private static final Duration SWEEP = Duration.ofMillis(250);

    @Bean
    StreamRegistry streamRegistry(
            Clock clock,
            TokenVerifier verifier,
            RevocationStore revocations,
            ProxySettings settings,
            BackendSettings backend,
            MeterRegistry meters) {
        StreamRegistry streams = new StreamRegistry(clock, verifier, settings.closeStreamsAtExpiry());
        revocations.onRevocation(streams::onRevocation);
        Gauge.builder("identities.streams.limit", backend::maxStreams)
                .description("WebSockets and event streams that may be open at once")
                .register(meters);
        return streams;
    }

    @Bean(destroyMethod = "dispose")
    Disposable streamSweep(StreamRegistry streams) {
        Scheduler thread = Schedulers.newSingle("stream-sweep", true);
        Disposable sweeps = Flux.interval(SWEEP, thread).subscribe(tick -> streams.sweep());
        return Disposables.composite(sweeps, thread);
    }
}
