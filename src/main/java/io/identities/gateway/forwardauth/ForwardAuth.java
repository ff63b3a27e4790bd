package io.identities.gateway.forwardauth;

import io.identities.gateway.access.AccessDecision;
import io.identities.gateway.access.AccessRequest;
import io.identities.gateway.access.Denial;
import io.identities.gateway.access.Gatekeeper;
import io.identities.gateway.audit.SecurityEvent.Decision;
import io.identities.gateway.audit.SecurityEvent.Door;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.forwardauth.Dialect.Original;
import io.identities.gateway.http.IdentityHeaders;
import io.identities.gateway.http.Refusal;
import io.identities.gateway.http.RequestContext;
import io.identities.gateway.http.TrustedProxies;
import io.identities.gateway.token.AccessToken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Tells another proxy whether a request may pass: 200 with the identity headers, 401, 403, or 503 in an outage; nothing
 * else, because proxies treat other statuses as failures of the service. Reads no body.
 */
final class ForwardAuth {

    private static final AccessDecision UNTRUSTED =
            new AccessDecision.Denied(new Denial(Denial.Kind.FORBIDDEN, "untrusted_proxy"));
    private static final AccessDecision UNREADABLE =
            new AccessDecision.Denied(new Denial(Denial.Kind.FORBIDDEN, "unreadable_original"));
    private static final AccessDecision AMBIGUOUS =
            new AccessDecision.Denied(new Denial(Denial.Kind.FORBIDDEN, "ambiguous_target"));
    private static final AccessDecision NO_TOKEN = new AccessDecision.Denied(Denial.NO_TOKEN);

    private final Gatekeeper gatekeeper;
    private final Dialect dialect;
    private final TrustedProxies trustedProxies;
    private final IdentityHeaders identityHeaders;
    private final SecurityEvents events;
    private final ForwardAuthWarnings warnings;

    ForwardAuth(
            Gatekeeper gatekeeper,
            Dialect dialect,
            TrustedProxies trustedProxies,
            IdentityHeaders identityHeaders,
            SecurityEvents events,
            ForwardAuthWarnings warnings) {
        this.gatekeeper = gatekeeper;
        this.dialect = dialect;
        this.trustedProxies = trustedProxies;
        this.identityHeaders = identityHeaders;
        this.events = events;
        this.warnings = warnings;
    }

    /** @param suffix what follows the path of forward-auth in the request-target, query included */
    Mono<Void> answer(ServerWebExchange exchange, String suffix) {
        closeAfterUnreadBody(exchange);
        return decide(exchange, suffix).single().flatMap(decision -> answer(exchange, decision));
    }

    private Mono<AccessDecision> decide(ServerWebExchange exchange, String suffix) {
        InetAddress peer = peer(exchange);
        if (peer == null || !trustedProxies.contains(peer)) {
            warnings.untrusted(peer, RequestContext.of(exchange).id());
            return withoutTarget(exchange, UNTRUSTED);
        }
        Original original = dialect.read(exchange.getRequest(), suffix);
        if (original == null) {
            warnings.unreadable(peer, dialect, RequestContext.of(exchange).id());
            return withoutTarget(exchange, UNREADABLE);
        }
        return original.target().isAmbiguous() ? Mono.just(AMBIGUOUS) : gatekeeper.decide(question(exchange, original));
    }

    /**
     * The caller is not trusted to describe the request: no anonymous pass, and no access at all where rules could deny
     * it.
     */
    private Mono<AccessDecision> withoutTarget(ServerWebExchange exchange, AccessDecision refused) {
        if (gatekeeper.restrictsByTarget()) {
            return Mono.just(refused);
        }
        return gatekeeper
                .identify(RequestContext.of(exchange).accessRequest(exchange, null))
                .map(decision -> decision instanceof AccessDecision.Anonymous ? NO_TOKEN : decision);
    }

    private static AccessRequest question(ServerWebExchange exchange, Original original) {
        return new AccessRequest(
                original.method(),
                original.target(),
                exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION),
                null,
                RequestContext.of(exchange).id());
    }

    private Mono<Void> answer(ServerWebExchange exchange, AccessDecision decision) {
        report(exchange, decision);
        return decision.fold(
                token -> pass(exchange, token),
                () -> pass(exchange, null),
                denial -> Refusal.of(denial).send(exchange),
                cause -> Refusal.of(cause).send(exchange));
    }

    private void report(ServerWebExchange exchange, AccessDecision decision) {
        Outcome outcome = outcome(decision);
        String user = decision instanceof AccessDecision.Granted granted
                ? granted.token().subject().name()
                : null;
        RequestContext.of(exchange).notes().decided(outcome, decision.reason(), user);
        events.publish(new Decision(outcome, decision.reason(), Door.FORWARD_AUTH));
    }

    private Mono<Void> pass(ServerWebExchange exchange, @Nullable AccessToken token) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        identityHeaders.forEachOrEmpty(token, headers::set);
        headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
        headers.set(HttpHeaders.PRAGMA, "no-cache");
        headers.setContentLength(0);
        return response.setComplete();
    }

    /** A body that was announced and never read would be parsed as the next request. */
    private static void closeAfterUnreadBody(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
            exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
    }

    private static Outcome outcome(AccessDecision decision) {
        return decision.fold(
                token -> Outcome.ACCEPTED,
                () -> Outcome.ACCEPTED,
                denial -> Outcome.REFUSED,
                cause -> Outcome.UNDECIDED);
    }

    private static @Nullable InetAddress peer(ServerWebExchange exchange) {
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null ? null : remote.getAddress();
    }
}
