package io.identities.gateway.ops;

import static io.identities.gateway.ops.Gauges.seconds;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.KeyReload;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.keys.KeyRing;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.RemoteKeys;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Gauges of the keys of this gateway and of its trusted issuers, and of their ages. The only label values are key ids
 * and issuer names, which come from the settings.
 */
final class KeyGauges implements SmartInitializingSingleton, SecurityEvents.Listener {

    private final ObjectProvider<KeyRotation> keys;
    private final ObjectProvider<TrustedIssuers> issuers;
    private final Clock clock;
    private final Gauges gauges;
    private final MultiGauge ages;
    private final MultiGauge activations;

    KeyGauges(
            MeterRegistry registry,
            ObjectProvider<KeyRotation> keys,
            ObjectProvider<TrustedIssuers> issuers,
            Clock clock) {
        this.keys = keys;
        this.issuers = issuers;
        this.clock = clock;
        this.gauges = new Gauges(registry);
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
        gauges.register(
                "identities.keys.healthy",
                "1 while the key source can be read",
                Tags.empty(),
                keys.getObject(),
                rotation -> rotation.healthy() ? 1 : 0);
        issuers.getObject().all().forEach(this::registerIssuer);
    }

    /** Keys may have been added or removed. */
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
        gauges.registerSeconds(
                "identities.jwks.age",
                "Since a trusted issuer's keys were last confirmed",
                tags,
                issuer.keys(),
                this::age);
        gauges.register(
                "identities.jwks.usable",
                "1 while a trusted issuer's tokens can be verified",
                tags,
                issuer.keys(),
                remote -> remote.current() == null ? 0 : 1);
    }

    private double age(RemoteKeys remote) {
        Instant confirmed = remote.confirmedAt();
        return confirmed == null ? Double.NaN : seconds(confirmed, clock.instant());
    }
}
