package io.identities.gateway.ops;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.RevocationStore.RevocationUnconfirmedException;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenTerms;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;

/**
 * {@code revocations}: reads their number and, with the management token, adds one: by {@code jti}, {@code sid}, or
 * every session of a {@code user} up to now.
 */
@Endpoint(id = "revocations")
final class RevocationsEndpoint {

    /** The longest name of a trusted issuer, a colon, and the longest id of a token. */
    private static final int MAX_ID = 64 + 1 + 128;

    private static final int MAX_NAME = 1024;

    /** Logins are told apart to the millisecond: one that comes after the answer is in a later one than the moment. */
    private static final Duration GRAIN = Duration.ofMillis(1);

    private static final ManagementProblem UNUSABLE = ManagementProblem.of(HttpStatus.BAD_REQUEST, "invalid_request")
            .because(
                    "expected exactly one of jti, sid and user, neither empty nor too long, without blanks at its ends, control"
                            + " characters and half characters");
    private static final ManagementProblem UNCONFIRMED = ManagementProblem.of(
                    HttpStatus.SERVICE_UNAVAILABLE, "revocations_unavailable")
            .because("in force here; the shared store has not confirmed and will be sent it again");

    private final RevocationStore store;
    private final TokenTerms terms;
    private final SecurityEvents events;
    private final Clock clock;

    RevocationsEndpoint(RevocationStore store, TokenTerms terms, SecurityEvents events, Clock clock) {
        this.store = store;
        this.terms = terms;
        this.events = events;
        this.clock = clock;
    }

    @ReadOperation
    RevocationStore.Status counts() {
        return store.status();
    }

    /**
     * Takes exactly one of the three. 204: in force everywhere; 400: invalid; 503: in force here but not confirmed by
     * the shared store.
     */
    @WriteOperation
    Mono<WebEndpointResponse<Object>> revoke(@Nullable String jti, @Nullable String sid, @Nullable String user) {
        Instant now = clock.instant();
        List<Wish> wishes = new ArrayList<>();
        add(wishes, "token", jti, MAX_ID, id -> terms.tokenRevocation(id, now));
        add(wishes, "session", sid, MAX_ID, id -> terms.sessionRevocation(id, now));
        add(wishes, "user", user, MAX_NAME, name -> terms.userRevocation(name, now));
        boolean unusable = wishes.stream().anyMatch(wish -> wish.revocation() == null);
        if (wishes.size() != 1 || unusable) {
            return Mono.just(UNUSABLE.answer());
        }
        return revoke(wishes.get(0), user);
    }

    private Mono<WebEndpointResponse<Object>> revoke(Wish wish, @Nullable String user) {
        return store.revoke(Objects.requireNonNull(wish.revocation()))
                .then(user == null ? Mono.empty() : Mono.delay(GRAIN).then())
                .doOnCancel(() -> publish(wish, user, Outcome.UNDECIDED, "unconfirmed"))
                .then(Mono.fromSupplier(() -> answer(wish, user, Outcome.ACCEPTED, "requested_by_operator")))
                .onErrorResume(
                        RevocationUnconfirmedException.class,
                        e -> Mono.just(answer(wish, user, Outcome.UNDECIDED, "unconfirmed")));
    }

    private WebEndpointResponse<Object> answer(Wish wish, @Nullable String user, Outcome outcome, String reason) {
        publish(wish, user, outcome, reason);
        return outcome == Outcome.ACCEPTED ? new WebEndpointResponse<>(204) : UNCONFIRMED.answer();
    }

    private void publish(Wish wish, @Nullable String user, Outcome outcome, String reason) {
        events.publish(new SecurityEvent.Revocation(outcome, reason, wish.scope(), user, null));
    }

    private static void add(
            List<Wish> wishes,
            String scope,
            @Nullable String value,
            int maxLength,
            Function<String, Revocation> revocation) {
        if (value != null) {
            boolean usable = value.length() <= maxLength && isWhole(value);
            wishes.add(new Wish(scope, usable ? revocation.apply(value) : null));
        }
    }

    /** A line end that came along would make it another name, and the answer 204 a lie. */
    private static boolean isWhole(String value) {
        return Subject.isName(value)
                && value.codePoints()
                        .noneMatch(point -> Character.isISOControl(point)
                                || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private record Wish(String scope, @Nullable Revocation revocation) {}
}
