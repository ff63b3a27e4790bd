package io.identities.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The requests that one call leads to, one after the other, and how to cancel the one under way. Thread-safe. */
final class CancellableCall {

    private CompletableFuture<?> current;
    private boolean cancelled;

    /** Nothing is sent once it is cancelled. */
    synchronized <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> request) {
        if (cancelled) {
            return CompletableFuture.failedFuture(new CancellationException());
        }
        CompletableFuture<T> begun = request.get();
        current = begun;
        return begun;
    }

    /** Only the future that the HTTP client itself has given out cancels a request, none that depends on it. */
    <T> CompletableFuture<T> cancelledWith(CompletableFuture<T> call) {
        var unused = call.whenComplete((answer, problem) -> {
            if (call.isCancelled()) {
                cancel();
            }
        });
        return call;
    }

    private void cancel() {
        CompletableFuture<?> toCancel;
        synchronized (this) {
            cancelled = true;
            toCancel = current;
        }
        if (toCancel != null) {
            toCancel.cancel(true);
        }
    }
}
