package io.identities.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.audit.SecurityEvent.KeyReload;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecurityEventsTest {

    @Test
    void failingListenerNeitherStopsThePublisherNorTheOthers() {
        List<SecurityEvent> heard = new ArrayList<>();
        SecurityEvents events = new SecurityEvents(List.of(
                event -> {
                    throw new IllegalStateException("planted");
                },
                heard::add));
        KeyReload event = new KeyReload(Outcome.ACCEPTED, "reloaded");

        events.publish(event);

        assertThat(heard).containsExactly(event);
    }
}
