package io.identities.gateway.session;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.access.Denial;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.http.RequestContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Identifies the caller of a local endpoint through the gatekeeper and publishes the decision. */
final class Caller {

    private final Gatekeeper gatekeeper;
    private final SecurityEvents events;
    private final Door door;

    Caller(Gatekeeper gatekeeper, SecurityEvents events, Door door) {
        this.gatekeeper = gatekeeper;
        this.events = events;
        this.door = door;
    }

    /** Exactly one decision, never an anonymous one. */
    Mono<AccessDecision> identify(ServerWebExchange exchange) {
        return gatekeeper
                .authenticate(RequestContext.of(exchange).accessRequest(exchange, null))
                .single()
                .map(Caller::neverAnonymous)
                .doOnNext(decision -> events.publish(new Decision(outcome(decision), decision.reason(), door)));
    }

    static Outcome outcome(AccessDecision decision) {
        return decision.fold(
                token -> Outcome.ACCEPTED,
                () -> Outcome.REFUSED,
                denial -> Outcome.REFUSED,
                cause -> Outcome.UNDECIDED);
    }

    private static AccessDecision neverAnonymous(AccessDecision decision) {
        return decision instanceof AccessDecision.Anonymous ? new AccessDecision.Denied(Denial.NO_TOKEN) : decision;
    }
}
