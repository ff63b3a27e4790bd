package io.identities.gateway.session;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvent.Renewal;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.Authenticator;
import io.identities.gateway.credentials.CredentialCheckUnavailableException;
import io.identities.gateway.http.ProblemCode;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.IssuedToken;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenIssuer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** {@code GET /api/v1/renewToken}: exchanges a valid token for a fresh one of the same session. */
final class RenewEndpoint implements LocalEndpoint.Answer {

    private static final Refusal NOT_RENEWABLE = Refusal.of(ProblemCode.INVALID_TOKEN);
    private static final Duration RETRY_AFTER_OUTAGE = Duration.ofSeconds(5);

    private final Caller caller;
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final SecurityEvents events;

    RenewEndpoint(Caller caller, Authenticator authenticator, TokenIssuer issuer, SecurityEvents events) {
        this.caller = caller;
        this.authenticator = authenticator;
        this.issuer = issuer;
        this.events = events;
    }

    @Override
    public Mono<Void> to(ServerWebExchange exchange) {
        return caller.identify(exchange).flatMap(decision -> answer(exchange, decision));
    }

    private Mono<Void> answer(ServerWebExchange exchange, AccessDecision decision) {
        return decision.fold(
                token -> renew(exchange, token),
                () -> refuse(exchange, Outcome.REFUSED, decision.reason(), null, Refusal.of(ProblemCode.MISSING_TOKEN)),
                denial -> refuse(exchange, Outcome.REFUSED, denial.reason(), null, Refusal.of(denial)),
                cause -> refuse(exchange, Outcome.UNDECIDED, cause.reason(), null, Refusal.of(cause)));
    }

    private Mono<Void> renew(ServerWebExchange exchange, AccessToken token) {
        if (!token.own()) {
            return refuse(exchange, Outcome.REFUSED, "not_renewable", token, NOT_RENEWABLE);
        }
        return subjectOfToday(token, RequestContext.of(exchange).origin())
                .doFinally(end -> {
                    if (end == SignalType.CANCEL) {
                        publish(exchange, Outcome.UNDECIDED, "client_gone", token);
                    }
                })
                .flatMap(subject -> renew(exchange, token, subject))
                .onErrorResume(
                        CredentialCheckUnavailableException.class, outage -> unavailable(exchange, token, outage));
    }

    private Mono<Optional<Subject>> subjectOfToday(AccessToken token, Origin origin) {
        Mono<Optional<Subject>> recheck = authenticator.recheck(token.subject(), origin);
        return recheck == null ? Mono.just(Optional.of(token.subject())) : recheck.single();
    }

    /** A check that returns another user than the one it was asked about has not confirmed the account. */
    private Mono<Void> renew(ServerWebExchange exchange, AccessToken token, Optional<Subject> subject) {
        if (subject.isEmpty() || !subject.get().name().equals(token.subject().name())) {
            return refuse(exchange, Outcome.REFUSED, "account_gone", token, NOT_RENEWABLE);
        }
        Optional<IssuedToken> renewed = issuer.renew(token, subject.get());
        if (renewed.isEmpty()) {
            return refuse(exchange, Outcome.REFUSED, "not_renewable", token, NOT_RENEWABLE);
        }
        publish(exchange, Outcome.ACCEPTED, "renewed", token);
        return TokenResponse.send(exchange, renewed.get());
    }

    private Mono<Void> unavailable(
            ServerWebExchange exchange, AccessToken token, CredentialCheckUnavailableException outage) {
        Refusal refusal = Refusal.of(ProblemCode.CREDENTIAL_CHECK_UNAVAILABLE)
                .retryAfter(outage.retryAfter().orElse(RETRY_AFTER_OUTAGE));
        return refuse(exchange, Outcome.UNDECIDED, "credential_check_unavailable", token, refusal);
    }

    private Mono<Void> refuse(
            ServerWebExchange exchange, Outcome outcome, String reason, @Nullable AccessToken token, Refusal refusal) {
        publish(exchange, outcome, reason, token);
        return refusal.send(exchange);
    }

    private void publish(ServerWebExchange exchange, Outcome outcome, String reason, @Nullable AccessToken token) {
        String username = token == null ? null : token.subject().name();
        RequestContext context = RequestContext.of(exchange);
        context.notes().decided(outcome, reason, username);
        events.publish(new Renewal(outcome, reason, username, context.origin()));
    }
}
