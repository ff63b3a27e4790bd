package io.identities.gateway.ops;

import io.identities.gateway.credentials.ThrottledNetworks;
import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.RevocationStore.Status;
import io.identities.gateway.token.TokenVerifier;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Gauges other than those of keys: remembered tokens, revocations, readiness, open streams. */
final class GatewayGauges implements SmartInitializingSingleton {

    private final MeterRegistry registry;
    private final ObjectProvider<TokenVerifier> verifier;
    private final ObjectProvider<RevocationStore> revocations;
    private final ObjectProvider<OpenStreams> streams;
    private final ObjectProvider<ReplicaReadiness> readiness;
    private final ObjectProvider<ThrottledNetworks> throttled;
    private final Gauges gauges;

    GatewayGauges(
            MeterRegistry registry,
            ObjectProvider<TokenVerifier> verifier,
            ObjectProvider<RevocationStore> revocations,
            ObjectProvider<OpenStreams> streams,
            ObjectProvider<ReplicaReadiness> readiness,
            ObjectProvider<ThrottledNetworks> throttled) {
        this.registry = registry;
        this.verifier = verifier;
        this.revocations = revocations;
        this.streams = streams;
        this.readiness = readiness;
        this.throttled = throttled;
        this.gauges = new Gauges(registry);
    }

    @Override
    public void afterSingletonsInstantiated() {
        gauges.register(
                "identities.tokens.remembered",
                "Verified tokens that need no second check",
                Tags.empty(),
                verifier.getObject(),
                TokenVerifier::remembered);
        FunctionCounter.builder("identities.tokens.checked", verifier.getObject(), TokenVerifier::checkedInFull)
                .description("Tokens checked in full, because nothing was remembered of them")
                .register(registry);
        FunctionCounter.builder("identities.tokens.recalled", verifier.getObject(), TokenVerifier::recalled)
                .description("Tokens with a remembered verdict")
                .register(registry);
        registerRevocations(revocations.getObject());
        registerReadiness(readiness.getObject());
        gauges.register(
                "identities.streams.open",
                "Open WebSockets and event streams",
                Tags.empty(),
                streams,
                all -> all.stream().mapToInt(OpenStreams::count).sum());
        gauges.register(
                "identities.throttle.networks",
                "Networks that are throttled at login",
                Tags.empty(),
                throttled.getObject(),
                ThrottledNetworks::count);
    }

    private void registerRevocations(RevocationStore store) {
        revocations(store, "session", Status::sessions);
        revocations(store, "token", Status::tokens);
        revocations(store, "user", Status::users);
        gauges.register(
                "identities.shared.state.connected",
                "1 while the shared store answers",
                Tags.empty(),
                store,
                s -> s.status().connected() ? 1 : 0);
        gauges.registerSeconds(
                "identities.shared.state.lag",
                "How old this replica's copy of the shared state is; zero where nothing is shared",
                Tags.empty(),
                store,
                s -> Gauges.seconds(s.lag()));
    }

    private void registerReadiness(ReplicaReadiness replica) {
        gauges.register(
                "identities.replica.ready",
                "1 while this replica takes traffic, as the readiness group of health says",
                Tags.empty(),
                replica,
                r -> r.isReady() ? 1 : 0);
    }

    private void revocations(RevocationStore store, String scope, ToDoubleFunction<Status> count) {
        gauges.register(
                "identities.revocations.held",
                "Revocations in force",
                Tags.of("scope", scope),
                store,
                s -> count.applyAsDouble(s.status()));
    }
}
