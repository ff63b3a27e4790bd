package io.identities.gateway.credentials;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.LoginThrottle.Admission;
import io.identities.gateway.credentials.LoginThrottle.Admitted;
import io.identities.gateway.credentials.LoginThrottle.Denied;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Throttles, checks and records: the only way to log in. Exactly one outcome, never an error, and exactly one
 * {@link SecurityEvent.Login} per attempt, also when the caller goes away before the outcome is known.
 */
public final class Authenticator {

    private static final Duration RETRY_AFTER_OUTAGE = Duration.ofSeconds(5);

    private final CredentialCheckGuard check;
    private final LoginThrottle throttle;
    private final SecurityEvents events;
    private final AddressWatch addresses;

    Authenticator(CredentialCheckGuard check, LoginThrottle throttle, SecurityEvents events, AddressWatch addresses) {
        this.check = check;
        this.throttle = throttle;
        this.events = events;
        this.addresses = addresses;
    }

    /** An attempt that has begun runs to its end even if the returned publisher is cancelled. */
    public Mono<LoginOutcome> authenticate(LoginAttempt attempt) {
        return Mono.defer(() -> Mono.fromFuture(decide(attempt).toFuture(), true));
    }

    /**
     * Whether the account still exists, if the check can tell without the password.
     *
     * @param origin of the request that needs to know
     * @return null where it cannot; else a subject (yes, with the current roles), {@code Optional.empty()} (no), or a
     *     {@link CredentialCheckUnavailableException} (could not tell)
     */
    public @Nullable Mono<Optional<Subject>> recheck(Subject subject, SecurityEvent.Origin origin) {
        Mono<Optional<Subject>> asked = check.recheck(subject);
        return asked == null ? null : asked.contextWrite(Context.of(SecurityEvent.Origin.class, origin));
    }

    private Mono<LoginOutcome> decide(LoginAttempt attempt) {
        addresses.seen(attempt);
        return throttle.admit(attempt.credentials().username(), attempt.client())
                .single()
                .flatMap(admission -> afterAdmission(attempt, admission))
                .onErrorResume(failure -> Mono.just(unavailable(attempt, CredentialCheckGuard.unavailable(failure))))
                .contextWrite(Context.of(SecurityEvent.Origin.class, attempt.origin()));
    }

    private Mono<LoginOutcome> afterAdmission(LoginAttempt attempt, Admission admission) {
        if (admission instanceof Denied denied) {
            return Mono.just(throttled(attempt, denied));
        }
        return ask(attempt, (Admitted) admission);
    }

    private Mono<LoginOutcome> ask(LoginAttempt attempt, Admitted admitted) {
        return answer(attempt.credentials())
                .flatMap(answer -> settle(admitted, answer.isPresent() ? Verdict.SUCCEEDED : Verdict.FAILED)
                        .then(Mono.fromSupplier(() -> answered(attempt, answer))))
                .onErrorResume(failure -> settle(admitted, Verdict.UNDECIDED)
                        .then(Mono.fromSupplier(
                                () -> unavailable(attempt, CredentialCheckGuard.unavailable(failure)))));
    }

    private Mono<Optional<Subject>> answer(Credentials credentials) {
        return credentials.canBeRight() ? check.check(credentials) : Mono.just(Optional.empty());
    }

    private static Mono<Void> settle(Admitted admitted, Verdict verdict) {
        return admitted.settlement().settle(verdict).onErrorComplete();
    }

    private LoginOutcome answered(LoginAttempt attempt, Optional<Subject> answer) {
        if (answer.isEmpty()) {
            return published(attempt, Outcome.REFUSED, new LoginOutcome.Refused());
        }
        LoginOutcome accepted = new LoginOutcome.Accepted(answer.get());
        publish(attempt, Outcome.ACCEPTED, accepted.reason(), answer.get().name());
        return accepted;
    }

    private LoginOutcome throttled(LoginAttempt attempt, Denied denied) {
        LoginReason reason =
                switch (denied.rule()) {
                    case USER_AND_NETWORK -> LoginReason.THROTTLED_USER_AND_NETWORK;
                    case NETWORK -> LoginReason.THROTTLED_NETWORK;
                    case USER -> LoginReason.THROTTLED_USER;
                };
        return published(attempt, Outcome.THROTTLED, new LoginOutcome.Throttled(reason, denied.retryAfter()));
    }

    private LoginOutcome unavailable(LoginAttempt attempt, CredentialCheckUnavailableException cause) {
        return published(
                attempt,
                Outcome.UNDECIDED,
                new LoginOutcome.Unavailable(
                        LoginReason.of(cause.kind()), cause.retryAfter().orElse(RETRY_AFTER_OUTAGE)));
    }

    private LoginOutcome published(LoginAttempt attempt, Outcome outcome, LoginOutcome result) {
        publish(attempt, outcome, result.reason(), attempt.credentials().username());
        return result;
    }

    private void publish(LoginAttempt attempt, Outcome outcome, LoginReason reason, String username) {
        events.publish(new SecurityEvent.Login(outcome, reason.code(), username, attempt.origin()));
    }
}
