package io.identities.gateway.credentials;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.token.Subject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Puts logins and account checks behind a guard each, so that neither a flood of logins nor an outage of the account
 * service affects the other kind of call.
 */
final class CredentialCheckGuard implements AutoCloseable {

    private final CredentialCheck check;
    private final CredentialCheckHealth health;
    private final CheckCallGuard logins;
    private final CheckCallGuard rechecks;

    CredentialCheckGuard(CredentialCheck check, Limits limits, Clock clock) {
        this.check = check;
        this.health = new CredentialCheckHealth(clock, this::isOpen);
        this.logins = new CheckCallGuard("logins", limits, health, clock);
        this.rechecks = new CheckCallGuard("renewals", limits, health, clock);
    }

    /**
     * Bounds of each guard.
     *
     * @param ceiling longest wait for one result, whatever the check's own time-out
     * @param window how many of the latest calls the breaker looks at; it opens when half of them got no response
     * @param openFor how long an open breaker lets only one call through at a time
     */
    record Limits(int maxConcurrent, Duration ceiling, int window, Duration openFor) {}

    Mono<Optional<Subject>> check(Credentials credentials) {
        return logins.ask(() -> check.check(credentials));
    }

    @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        Mono<Optional<Subject>> asked = question(subject);
        return asked == null ? null : rechecks.ask(() -> asked);
    }

    CredentialCheckHealth health() {
        return health;
    }

    @Override
    public void close() {
        if (check instanceof OwnedCredentialCheck owned) {
            owned.close();
        }
    }

    /**
     * Maps any failure to the exception that callers handle. Does not repeat the message of a foreign exception: it may
     * hold a secret.
     */
    static CredentialCheckUnavailableException unavailable(Throwable failure) {
        if (failure instanceof CredentialCheckUnavailableException known) {
            return known;
        }
        boolean timedOut = failure instanceof TimeoutException;
        return new CredentialCheckUnavailableException(
                timedOut ? Kind.TIMED_OUT : Kind.NO_ANSWER, failure.getClass().getName(), null, failure);
    }

    /** A check that throws counts as one that could not tell. */
    private @Nullable Mono<Optional<Subject>> question(Subject subject) {
        try {
            return check.recheck(subject);
        } catch (RuntimeException e) {
            return Mono.error(e);
        }
    }

    private boolean isOpen() {
        return logins.isOpen() || rechecks.isOpen();
    }
}
