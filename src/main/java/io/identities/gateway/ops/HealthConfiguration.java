package io.identities.gateway.ops;

import io.identities.gateway.credentials.CredentialCheckHealth;
import io.identities.gateway.http.GatewayMode;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.token.RevocationStore;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Readiness: keys, revocations, and, where switched on, every dependency. Dependencies: external services. */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    @Bean
    DependencyProbes dependencyProbes(HealthSettings settings, Clock clock) {
        return new DependencyProbes(settings.timeout(), clock);
    }

    @Bean
    ReactiveHealthIndicator livenessStateHealthIndicator(ApplicationAvailability availability) {
        return atOnce(() -> availability.getLivenessState() == LivenessState.CORRECT ? Health.up() : Health.down());
    }

    @Bean
    ReactiveHealthIndicator readinessStateHealthIndicator(ApplicationAvailability availability) {
        return atOnce(() -> availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
                ? Health.up()
                : Health.outOfService());
    }

    @Bean
    ReactiveHealthIndicator keysHealthIndicator(KeyRotation keys) {
        return atOnce(() -> (keys.current().verifiers().all().isEmpty() ? Health.outOfService() : Health.up())
                .withDetail("signer", keys.signer().id())
                .withDetail("lastReadGood", keys.healthy()));
    }

    @Bean
    ReactiveHealthIndicator revocationsHealthIndicator(RevocationStore store) {
        return atOnce(() -> store.status().ready() ? Health.up() : Health.outOfService());
    }

    @Bean
    Dependency backendHealthIndicator(
            HealthSettings settings, DependencyProbes probes, GatewayMode mode, Environment environment) {
        List<URI> backend = mode == GatewayMode.COMPANION ? List.of() : uris(environment, "identities.backend.uri");
        return dependency(settings, probes.reachable(backend));
    }

    @Bean
    Dependency credentialCheckHealthIndicator(
            HealthSettings settings,
            DependencyProbes probes,
            ObjectProvider<CredentialCheckHealth> check,
            Environment environment) {
        List<URI> addresses =
                switch (new EffectiveSettings(environment).word("identities.credentials.check")) {
                    case "http" -> uris(environment, "identities.credentials.http.uri");
                    case "ldap" -> uris(environment, "identities.credentials.ldap.uris");
                    default -> List.of();
                };
        return dependency(settings, probes.credentialCheck(check.getIfAvailable(), addresses));
    }

    @Bean
    Dependency jwksHealthIndicator(HealthSettings settings, DependencyProbes probes, TrustedIssuers issuers) {
        return dependency(settings, probes.jwks(issuers));
    }

    @Bean
    Dependency sharedStateHealthIndicator(HealthSettings settings, DependencyProbes probes, RevocationStore store) {
        return dependency(settings, probes.sharedState(store));
    }

    @Bean
    ReactiveHealthIndicator deepReadinessHealthIndicator(HealthSettings settings, ObjectProvider<Dependency> all) {
        if (!settings.deepReadiness()) {
            return () -> Mono.just(Health.up().build());
        }
        return () -> Flux.fromStream(all.stream())
                .flatMap(Dependency::health)
                .any(health -> health.getStatus().equals(Dependency.DEGRADED))
                .map(degraded -> (degraded ? Health.outOfService() : Health.status(Status.UP)).build());
    }

    @Bean
    ReplicaReadiness replicaReadiness(
            HealthSettings settings,
            ApplicationAvailability availability,
            KeyRotation keys,
            RevocationStore store,
            ObjectProvider<Dependency> all) {
        List<Dependency> needed = settings.deepReadiness() ? all.stream().toList() : List.of();
        return new ReplicaReadiness(availability, keys, store, needed);
    }

    /**
     * A reactive indicator that runs in the calling thread. Boot would run a blocking indicator on another thread,
     * which these non-blocking checks do not need.
     */
    private static ReactiveHealthIndicator atOnce(Supplier<Health.Builder> check) {
        return () -> Mono.fromSupplier(() -> check.get().build());
    }

    private static Dependency dependency(HealthSettings settings, Mono<Health> probe) {
        return new Dependency(probe, settings.timeout(), settings.cache(), Schedulers.parallel());
    }

    private static List<URI> uris(Environment environment, String name) {
        return Binder.get(environment)
                .bind(name, Bindable.listOf(URI.class))
                .map(List::copyOf)
                .orElse(List.of());
    }
}
