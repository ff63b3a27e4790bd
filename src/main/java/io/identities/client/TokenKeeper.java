package io.identities.client;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/**
 * Keeps one token current. However many callers there are, at most one request for a token is under way, and none
 * while a failure's wait lasts. Thread-safe; a caller with a token that is current takes no lock.
 */
final class TokenKeeper {

    private final TokenEndpoints endpoints;
    private final Clock clock;
    private final ScheduledExecutorService scheduler;
    private final RenewalSchedule schedule;
    private final SessionEnd sessionEnd;
    private final Replacements replacements;

    private volatile HeldToken current;
    private volatile boolean used;
    private CompletableFuture<String> inFlight;
    private CompletableFuture<Void> closed;

    /** @param renewalPoint the fraction of its life after which a token is renewed, drawn anew for each */
    TokenKeeper(
            TokenEndpoints endpoints,
            Clock clock,
            ScheduledExecutorService scheduler,
            DoubleSupplier renewalPoint,
            BackOff failures,
            Replacements replacements) {
        this.endpoints = endpoints;
        this.clock = clock;
        this.scheduler = scheduler;
        this.schedule = new RenewalSchedule(scheduler, clock, this::refreshInBackground, renewalPoint, failures);
        this.sessionEnd = new SessionEnd(endpoints, clock);
        this.replacements = replacements;
    }

    /** A token that is good now; fails with an {@link IdentitiesException}, or {@link IllegalStateException} once closed. */
    CompletableFuture<String> validToken() {
        HeldToken held = current;
        if (held != null && !held.isDue(clock.instant())) {
            used = true;
            return CompletableFuture.completedFuture(held.value());
        }
        return tokenOrRefresh();
    }

    boolean holdsToken() {
        return current != null;
    }

    /** Whether a caller whose token was refused with 401 may have another one. */
    synchronized boolean mayReplace(String token) {
        HeldToken held = current;
        if (closed != null) {
            return false;
        }
        return held == null || !held.value().equals(token) || replacements.isAllowed(clock.instant());
    }

    /** A token other than {@code refused}. The first caller to report it causes a login, the others wait for that. */
    synchronized CompletableFuture<String> replace(String refused) {
        HeldToken held = current;
        if (held != null && held.value().equals(refused)) {
            current = null;
            replacements.count(clock.instant());
        }
        return validToken();
    }

    /** Stops everything and revokes the session; completes when the gateway has confirmed, or fails as it did. */
    synchronized CompletableFuture<Void> close() {
        if (closed == null) {
            HeldToken held = current;
            current = null;
            schedule.stop();
            closed = sessionEnd.of(held, inFlight);
        }
        return closed;
    }

    private synchronized CompletableFuture<String> tokenOrRefresh() {
        if (closed != null) {
            return CompletableFuture.failedFuture(new IllegalStateException("This client is closed"));
        }
        used = true;
        Instant now = clock.instant();
        HeldToken held = current;
        boolean usable = held != null && held.isUsable(now);
        boolean due = held == null || held.isDue(now);
        if (due && inFlight == null && !schedule.isHeldUp(now)) {
            refresh(held);
        }
        if (usable) {
            return CompletableFuture.completedFuture(held.value());
        }
        return inFlight != null ? inFlight.copy() : CompletableFuture.failedFuture(schedule.failure());
    }

    private void refresh(HeldToken held) {
        CompletableFuture<String> flight = new CompletableFuture<>();
        inFlight = flight;
        schedule.stop();
        try {
            scheduler.execute(() -> askAndSettle(flight, held));
        } catch (RejectedExecutionException e) {
            settle(flight, held, new Reply(true, null, Failure.unavailable("The scheduler takes no more tasks", e)));
        }
    }

    private void askAndSettle(CompletableFuture<String> flight, HeldToken held) {
        var unused = CompletableFuture.completedFuture(held)
                .thenCompose(token -> ask(flight, token))
                // Whatever goes wrong, a flight ends: nobody else takes off before.
                .exceptionally(
                        problem -> new Reply(true, null, Failure.unavailable("Asking for a token failed", problem)))
                .thenAccept(reply -> settle(flight, held, reply));
    }

    private CompletableFuture<Reply> ask(CompletableFuture<String> flight, HeldToken held) {
        if (held == null || held.last() || held.isLapsed(clock.instant())) {
            return endpoints.login();
        }
        return endpoints
                .renew(held.value())
                .thenCompose(reply -> reply.isSessionOver() && !endsQuietly(flight, held)
                        // Reading the password may block, which is no business of the threads that receive.
                        ? CompletableFuture.completedFuture(reply)
                                .thenComposeAsync(over -> endpoints.login(), scheduler)
                        : CompletableFuture.completedFuture(reply));
    }

    /** A closed client, and a session that nobody has used since its last renewal, end without another login. */
    private synchronized boolean endsQuietly(CompletableFuture<String> flight, HeldToken held) {
        if (closed != null) {
            return true;
        }
        if (used || inFlight != flight) {
            return false;
        }
        inFlight = null;
        current = held.asLast();
        return true;
    }

    private void settle(CompletableFuture<String> flight, HeldToken held, Reply reply) {
        IdentitiesException problem;
        synchronized (this) {
            if (inFlight != flight) {
                return;
            }
            inFlight = null;
            problem = reply.failure() == null ? accept(reply, held) : schedule.failed(reply.failure(), current);
        }
        if (problem == null) {
            flight.complete(reply.issued().value());
        } else {
            flight.completeExceptionally(problem);
        }
    }

    private IdentitiesException accept(Reply reply, HeldToken held) {
        HeldToken token = schedule.renewed(reply, held);
        used = false;
        if (closed == null) {
            current = token;
            schedule.next(token);
        }
        return null;
    }

    private synchronized void refreshInBackground() {
        HeldToken held = current;
        if (closed != null || held == null || inFlight != null || (held.last() && !used)) {
            return;
        }
        if (schedule.isDue(held)) {
            refresh(held);
        }
    }
}
