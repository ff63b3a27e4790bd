package io.identities.gateway.audit;

import static java.util.Objects.requireNonNull;

import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.JwksFetch;
import io.identities.gateway.audit.SecurityEvent.KeyReload;
import io.identities.gateway.audit.SecurityEvent.Login;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvent.Renewal;
import io.identities.gateway.audit.SecurityEvent.Revocation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts every event by outcome and reason. Meters are looked up once per combination; a decision on the hot path costs
 * one map lookup and one increment.
 */
final class SecurityMetrics implements SecurityEvents.Listener {

    /** Far more than the trusted issuers of any installation; further ones share one label. */
    private static final int MAX_ISSUERS = 100;

    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final OutcomeCounters logins;
    private final OutcomeCounters renewals;
    private final OutcomeCounters revocations;
    private final OutcomeCounters keyReloads;
    private final Map<Door, OutcomeCounters> decisions = new EnumMap<>(Door.class);
    private final Map<String, OutcomeCounters> jwksFetches = new ConcurrentHashMap<>();

    SecurityMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.logins = counters("identities.logins", Tags.empty());
        this.renewals = counters("identities.renewals", Tags.empty());
        this.revocations = counters("identities.revocations", Tags.empty());
        this.keyReloads = counters("identities.key.reloads", Tags.empty());
        for (Door door : Door.values()) {
            decisions.put(door, counters("identities.decisions", Tags.of("door", label(door))));
        }
    }

    @Override
    public void onEvent(SecurityEvent event) {
        if (event instanceof Decision decision) {
            requireNonNull(decisions.get(decision.door())).increment(decision);
        } else if (event instanceof Login) {
            logins.increment(event);
        } else if (event instanceof Renewal) {
            renewals.increment(event);
        } else if (event instanceof Revocation) {
            revocations.increment(event);
        } else if (event instanceof KeyReload) {
            keyReloads.increment(event);
        } else if (event instanceof JwksFetch fetch) {
            jwksFetches(fetch.issuer()).increment(fetch);
        }
    }

    private OutcomeCounters jwksFetches(String issuer) {
        OutcomeCounters known = jwksFetches.get(issuer);
        if (known != null) {
            return known;
        }
        String name = jwksFetches.size() < MAX_ISSUERS ? issuer : OTHER;
        return jwksFetches.computeIfAbsent(
                name, label -> counters("identities.jwks.fetches", Tags.of("issuer", label)));
    }

    private OutcomeCounters counters(String name, Tags tags) {
        return new OutcomeCounters(registry, name, tags);
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The counters of one meter name, one table of reasons for each outcome. */
    private static final class OutcomeCounters {

        private final Map<Outcome, ReasonCounters> byOutcome = new EnumMap<>(Outcome.class);

        OutcomeCounters(MeterRegistry registry, String name, Tags tags) {
            for (Outcome outcome : Outcome.values()) {
                byOutcome.put(outcome, new ReasonCounters(registry, name, tags.and("outcome", label(outcome))));
            }
        }

        void increment(SecurityEvent event) {
            requireNonNull(byOutcome.get(event.outcome())).increment(event.reason());
        }
    }
}
