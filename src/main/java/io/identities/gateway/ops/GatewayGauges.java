package io.identities.gateway.ops;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.KeyReload;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.ThrottledNetworks;
import io.identities.gateway.http.OpenStreams;
import io.identities.gateway.keys.KeyRing;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.RemoteKeys;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.RevocationStore.Status;
import io.identities.gateway.token.TokenVerifier;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/**
 * What can be read off at any time: keys and their ages, remembered tokens, revocations, open streams. The only label
 * values are key ids and issuer names, which come from the settings.
 */
final class GatewayGauges implements SmartInitializingSingleton, SecurityEvents.Listener {

    private final MeterRegistry registry;
    private final ObjectProvider<KeyRotation> keys;
    private final ObjectProvider<TrustedIssuers> issuers;
    private final ObjectProvider<TokenVerifier> verifier;
    private final ObjectProvider<RevocationStore> revocations;
    private final ObjectProvider<OpenStreams> streams;
    private final ApplicationAvailability availability;
    private final ObjectProvider<ThrottledNetworks> throttled;
    private final Clock clock;
    private final MultiGauge ages;
    private final MultiGauge activations;

    GatewayGauges(
            MeterRegistry registry,
            ObjectProvider<KeyRotation> keys,
            ObjectProvider<TrustedIssuers> issuers,
            ObjectProvider<TokenVerifier> verifier,
            ObjectProvider<RevocationStore> revocations,
            ObjectProvider<OpenStreams> streams,
            ApplicationAvailability availability,
            ObjectProvider<ThrottledNetworks> throttled,
            Clock clock) {
        this.registry = registry;
        this.keys = keys;
        this.issuers = issuers;
        this.verifier = verifier;
        this.revocations = revocations;
        this.streams = streams;
        this.availability = availability;
        this.throttled = throttled;
        this.clock = clock;
        this.ages = MultiGauge.builder("identities.keys.age")
                .description("Since this process first saw a key that can sign")
                .baseUnit("seconds")
                .register(registry);
        this.activations = MultiGauge.builder("identities.keys.activation")
                .description("Until a key may sign by preference; zero when it may, or signs meanwhile")
                .baseUnit("seconds")
                .register(registry);
    }

    @Override
    public void afterSingletonsInstantiated() {
        registerKeys();
        gauge(
                "identities.keys.healthy",
                "1 while the key source can be read",
                Tags.empty(),
                keys.getObject(),
                rotation -> rotation.healthy() ? 1 : 0);
        issuers.getObject().all().forEach(this::registerIssuer);
        gauge(
                "identities.tokens.remembered",
                "Verified tokens that need no second check",
                Tags.empty(),
                verifier.getObject(),
                TokenVerifier::remembered);
        FunctionCounter.builder("identities.tokens.checked", verifier.getObject(), TokenVerifier::checkedInFull)
                .description("Tokens checked in full, because nothing was remembered of them")
                .register(registry);
        FunctionCounter.builder("identities.tokens.recalled", verifier.getObject(), TokenVerifier::recalled)
                .description("Tokens judged by what was remembered of them")
                .register(registry);
        registerRevocations(revocations.getObject());
        registerReadiness(revocations.getObject());
        gauge(
                "identities.streams.open",
                "Open WebSockets and event streams",
                Tags.empty(),
                streams,
                all -> all.stream().mapToInt(OpenStreams::count).sum());
        gauge(
                "identities.throttle.networks",
                "Networks that were told to wait before they log in, and whose wait is not over",
                Tags.empty(),
                throttled.getObject(),
                ThrottledNetworks::count);
    }

    /** Keys may have come or gone. */
    @Override
    public void onEvent(SecurityEvent event) {
        if (event instanceof KeyReload) {
            registerKeys();
        }
    }

    private void registerKeys() {
        KeyRotation rotation = keys.getObject();
        KeyRing ring = rotation.current();
        ages.register(rows(ring, kid -> seconds(since(ring, kid), clock.instant())), true);
        activations.register(rows(ring, kid -> untilActive(rotation, ring, kid)), true);
    }

    private double untilActive(KeyRotation rotation, KeyRing ring, String kid) {
        Instant now = clock.instant();
        boolean signs = ring.signer(now).id().equals(kid);
        return signs ? 0 : Math.max(0, seconds(now, since(ring, kid).plus(rotation.activationDelay())));
    }

    private static Instant since(KeyRing ring, String kid) {
        return Objects.requireNonNull(ring.firstSeen().get(kid), kid);
    }

    private static List<Row<?>> rows(KeyRing ring, ToDoubleFunction<String> value) {
        return ring.firstSeen().keySet().stream()
                .<Row<?>>map(kid -> Row.of(Tags.of("kid", kid), kid, value))
                .toList();
    }

    private void registerIssuer(TrustedIssuer issuer) {
        Tags tags = Tags.of("issuer", issuer.name());
        seconds(
                "identities.jwks.age",
                "Since a trusted issuer's keys were last confirmed",
                tags,
                issuer.keys(),
                this::age);
        gauge(
                "identities.jwks.usable",
                "1 while a trusted issuer's tokens can be judged",
                tags,
                issuer.keys(),
                remote -> remote.current() == null ? 0 : 1);
    }

    private double age(RemoteKeys remote) {
        Instant confirmed = remote.confirmedAt();
        return confirmed == null ? Double.NaN : seconds(confirmed, clock.instant());
    }

    private void registerRevocations(RevocationStore store) {
        revocations(store, "session", Status::sessions);
        revocations(store, "token", Status::tokens);
        revocations(store, "user", Status::users);
        gauge(
                "identities.shared.state.connected",
                "1 while the shared store answers",
                Tags.empty(),
                store,
                s -> s.status().connected() ? 1 : 0);
        seconds(
                "identities.shared.state.lag",
                "How old this replica's copy of the shared state is; zero where nothing is shared",
                Tags.empty(),
                store,
                s -> s.lag().toMillis() / 1000.0);
    }

    private void registerReadiness(RevocationStore store) {
        gauge(
                "identities.replica.ready",
                "1 while this replica takes traffic: warmed up, shared state read, not draining",
                Tags.empty(),
                availability,
                a -> a.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
                                && store.status().ready()
                        ? 1
                        : 0);
    }

    private void revocations(RevocationStore store, String scope, ToDoubleFunction<Status> count) {
        gauge(
                "identities.revocations.held",
                "Revocations in force",
                Tags.of("scope", scope),
                store,
                s -> count.applyAsDouble(s.status()));
    }

    private <T> void gauge(String name, String description, Tags tags, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private <T> void seconds(String name, String description, Tags tags, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value)
                .description(description)
                .baseUnit("seconds")
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
