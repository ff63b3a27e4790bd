package io.identities.client;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/**
 * Keeps one token current. However many callers there are, at most one request for a token is in flight, and none
 * during the wait after a failure. Thread-safe; lock-free while the token is current.
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

    /** @param renewalPoint the fraction of its lifetime after which a token is renewed, drawn anew for each token */
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

    /** A valid token; fails with an {@link IdentitiesException}, or {@link IllegalStateException} once closed. */
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

    /** Whether a caller whose token was refused with 401 may get another one. */
    synchronized boolean mayReplace(String token) {
        HeldToken held = current;
        if (closed != null) {
            return false;
        }
        return held == null || !held.value().equals(token) || replacements.isAllowed(clock.instant());
    }

    /** A token other than {@code refused}. The first caller to report it causes a login, for which the others wait. */
    synchronized CompletableFuture<String> replace(String refused) {
        HeldToken held = current;
        if (held != null && held.value().equals(refused)) {
            current = null;
            replacements.count(clock.instant());
        }
        return validToken();
    }

    /**
     * Stops everything and revokes the session; completes when the gateway has confirmed, or fails with its failure.
     */
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
        CompletableFuture<String> request = new CompletableFuture<>();
        inFlight = request;
        schedule.stop();
        try {
            scheduler.execute(() -> askAndSettle(request, held));
        } catch (RejectedExecutionException e) {
            settle(request, held, new Reply(true, null, Failure.unavailable("The scheduler takes no more tasks", e)));
        }
    }

    private void askAndSettle(CompletableFuture<String> request, HeldToken held) {
        var unused = CompletableFuture.completedFuture(held)
                .thenCompose(token -> ask(request, token))
                // The request must be settled after any failure, because the next one cannot begin before.
                .exceptionally(
                        problem -> new Reply(true, null, Failure.unavailable("Asking for a token failed", problem)))
                .thenAccept(reply -> settle(request, held, reply));
    }

    private CompletableFuture<Reply> ask(CompletableFuture<String> request, HeldToken held) {
        if (held == null || held.last() || held.isLapsed(clock.instant())) {
            return endpoints.login();
        }
        return endpoints
                .renew(held.value())
                .thenCompose(reply -> reply.isSessionOver() && !endsQuietly(request, held)
                        // Reading the password may block, which is no business of the threads that receive.
                        ? CompletableFuture.completedFuture(reply)
                                .thenComposeAsync(over -> endpoints.login(), scheduler)
                        : CompletableFuture.completedFuture(reply));
    }

    /** Ends the session without another login if the client is closed or has not been used since the last renewal. */
    private synchronized boolean endsQuietly(CompletableFuture<String> request, HeldToken held) {
        if (closed != null) {
            return true;
        }
        if (used || inFlight != request) {
            return false;
        }
        inFlight = null;
        current = held.asLast();
        return true;
    }

    private void settle(CompletableFuture<String> request, HeldToken held, Reply reply) {
        IdentitiesException problem;
        synchronized (this) {
            if (inFlight != request) {
                return;
            }
            inFlight = null;
            problem = reply.failure() == null ? accept(reply, held) : schedule.failed(reply.failure(), current);
        }
        if (problem == null) {
            request.complete(reply.issued().value());
        } else {
            request.completeExceptionally(problem);
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
