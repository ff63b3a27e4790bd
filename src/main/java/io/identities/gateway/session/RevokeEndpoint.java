package io.identities.gateway.session;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.RevocationStore.RevocationUnconfirmedException;
import io.identities.gateway.token.TokenTerms;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code POST /api/v1/revokeToken}: revokes the session of the token in the request; of a foreign token, the token
 * alone.
 */
final class RevokeEndpoint implements LocalEndpoint.Answer {

    private static final Refusal UNCONFIRMED =
            Refusal.of(ProblemCode.REVOCATIONS_UNAVAILABLE).retryAfter(Duration.ofSeconds(1));
    private static final String SESSION = "session";
    private static final String TOKEN = "token";

    private final Caller caller;
    private final RevocationStore revocations;
    private final TokenTerms terms;
    private final SecurityEvents events;

    RevokeEndpoint(Caller caller, RevocationStore revocations, TokenTerms terms, SecurityEvents events) {
        this.caller = caller;
        this.revocations = revocations;
        this.terms = terms;
        this.events = events;
    }

    @Override
    public Mono<Void> to(ServerWebExchange exchange) {
        return caller.identify(exchange).flatMap(decision -> answer(exchange, decision));
    }

    private Mono<Void> answer(ServerWebExchange exchange, AccessDecision decision) {
        return decision.fold(
                token -> revoke(exchange, token),
                () -> refuse(exchange, Outcome.REFUSED, decision.reason(), Refusal.of(ProblemCode.MISSING_TOKEN)),
                denial -> refuse(exchange, Outcome.REFUSED, denial.reason(), Refusal.of(denial)),
                cause -> refuse(exchange, Outcome.UNDECIDED, cause.reason(), Refusal.of(cause)));
    }

    private Mono<Void> revoke(ServerWebExchange exchange, AccessToken token) {
        Revocation revocation = terms.revocationOf(token);
        String scope = revocation instanceof Revocation.OfSession ? SESSION : TOKEN;
        return revocations
                .revoke(revocation)
                // The revocation goes on even if the client disconnects before the store has confirmed.
                .doOnCancel(() -> publish(exchange, Outcome.UNDECIDED, "unconfirmed", scope, token))
                .then(Mono.defer(() -> done(exchange, token, scope)))
                .onErrorResume(RevocationUnconfirmedException.class, e -> unconfirmed(exchange, token, scope));
    }

    private Mono<Void> done(ServerWebExchange exchange, AccessToken token, String scope) {
        publish(exchange, Outcome.ACCEPTED, "revoked", scope, token);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.NO_CONTENT);
        TokenResponse.notStored(response.getHeaders());
        return response.setComplete();
    }

    private Mono<Void> unconfirmed(ServerWebExchange exchange, AccessToken token, String scope) {
        publish(exchange, Outcome.UNDECIDED, "unconfirmed", scope, token);
        return UNCONFIRMED.send(exchange);
    }

    private Mono<Void> refuse(ServerWebExchange exchange, Outcome outcome, String reason, Refusal refusal) {
        publish(exchange, outcome, reason, SESSION, null);
        return refusal.send(exchange);
    }

    private void publish(
            ServerWebExchange exchange, Outcome outcome, String reason, String scope, @Nullable AccessToken token) {
        String username = token == null ? null : token.subject().name();
        RequestContext context = RequestContext.of(exchange);
        context.notes().decided(outcome, reason, username);
        events.publish(new SecurityEvent.Revocation(outcome, reason, scope, username, context.origin()));
    }
}
