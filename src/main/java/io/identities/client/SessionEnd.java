package io.identities.client;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;

/** Revokes the tokens of a client that closes. */
final class SessionEnd {

    private final TokenEndpoints endpoints;
    private final Clock clock;

    SessionEnd(TokenEndpoints endpoints, Clock clock) {
        this.endpoints = endpoints;
        this.clock = clock;
    }

    /**
     * Revokes both; completes when the gateway has confirmed, or fails with its failure.
     *
     * @param held null if no token is held
     * @param pending a token request in flight; null if there is none
     */
    CompletableFuture<Void> of(HeldToken held, CompletableFuture<String> pending) {
        CompletableFuture<Failure> ended = pending == null
                ? revoke(held)
                : pending.handle((token, problem) -> token)
                        .thenCompose(token -> revoke(held).thenCompose(first -> revoke(token, first)));
        return ended.thenCompose(this::confirmed);
    }

    private CompletableFuture<Failure> revoke(HeldToken held) {
        return held == null || held.isLapsed(clock.instant())
                ? CompletableFuture.completedFuture(null)
                : endpoints.revoke(held.value());
    }

    private CompletableFuture<Failure> revoke(String token, Failure before) {
        return token == null
                ? CompletableFuture.completedFuture(before)
                : endpoints.revoke(token).thenApply(failed -> failed != null ? failed : before);
    }

    private CompletableFuture<Void> confirmed(Failure failed) {
        return failed == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failed.toException(clock.instant()));
    }
}
