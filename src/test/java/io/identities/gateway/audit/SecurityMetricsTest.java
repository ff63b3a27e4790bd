package io.identities.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.JwksFetch;
import io.identities.gateway.audit.SecurityEvent.KeyReload;
import io.identities.gateway.audit.SecurityEvent.Login;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvent.Renewal;
import io.identities.gateway.audit.SecurityEvent.Revocation;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class SecurityMetricsTest {

    private static final Origin ORIGIN = new Origin("192.0.2.7", "r-1");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SecurityMetrics metrics = new SecurityMetrics(registry);

    @Test
    void everyKindOfEventHasItsCounter() {
        metrics.onEvent(new Login(Outcome.ACCEPTED, "accepted", "alice", ORIGIN));
        metrics.onEvent(new Renewal(Outcome.REFUSED, "session_limit", "alice", ORIGIN));
        metrics.onEvent(new Revocation(Outcome.ACCEPTED, "requested", "session", "alice", null));
        metrics.onEvent(new KeyReload(Outcome.REFUSED, "broken_file"));

        assertThat(count("identities.logins", "outcome", "accepted", "reason", "accepted"))
                .isEqualTo(1);
        assertThat(count("identities.renewals", "outcome", "refused", "reason", "session_limit"))
                .isEqualTo(1);
        assertThat(count("identities.revocations", "outcome", "accepted", "reason", "requested"))
                .isEqualTo(1);
        assertThat(count("identities.key.reloads", "outcome", "refused", "reason", "broken_file"))
                .isEqualTo(1);
    }

    @Test
    void decisionsAreToldApartByDoor() {
        metrics.onEvent(new Decision(Outcome.ACCEPTED, "authenticated", Door.PROXY));
        metrics.onEvent(new Decision(Outcome.ACCEPTED, "authenticated", Door.PROXY));
        metrics.onEvent(new Decision(Outcome.ACCEPTED, "authenticated", Door.FORWARD_AUTH));

        assertThat(count("identities.decisions", "door", "proxy", "reason", "authenticated"))
                .isEqualTo(2);
        assertThat(count("identities.decisions", "door", "forward_auth", "reason", "authenticated"))
                .isEqualTo(1);
    }

    @Test
    void fetchesAreToldApartByIssuer() {
        metrics.onEvent(new JwksFetch(Outcome.ACCEPTED, "fetched", "corporate"));
        metrics.onEvent(new JwksFetch(Outcome.UNDECIDED, "timeout", "partner"));

        assertThat(count("identities.jwks.fetches", "issuer", "corporate", "outcome", "accepted"))
                .isEqualTo(1);
        assertThat(count("identities.jwks.fetches", "issuer", "partner", "outcome", "undecided"))
                .isEqualTo(1);
    }

    @Test
    void userAndAddressNeverBecomeLabels() {
        metrics.onEvent(new Login(Outcome.REFUSED, "wrong_credentials", "mallory", ORIGIN));

        assertThat(registry.getMeters())
                .flatMap(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .doesNotContain("mallory", "192.0.2.7", "r-1");
    }

    @Test
    void reasonOutsideAClosedSetCannotGrowTheNumberOfSeries() {
        for (int i = 0; i < 5_000; i++) {
            metrics.onEvent(new Decision(Outcome.REFUSED, "invented_" + i, Door.PROXY));
            metrics.onEvent(new Decision(Outcome.REFUSED, "/path/" + i, Door.PROXY));
        }

        assertThat(registry.find("identities.decisions").counters()).hasSizeLessThanOrEqualTo(65);
        assertThat(registry.find("identities.decisions").counters())
                .extracting(counter -> counter.getId().getTag("reason"))
                .contains("other")
                .noneMatch(reason -> reason.contains("/"));
        assertThat(registry.find("identities.decisions").counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum())
                .isEqualTo(10_000);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
