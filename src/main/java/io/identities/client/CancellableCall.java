package io.identities.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The requests of one call, one after the other, and the cancellation of the one in progress. Thread-safe. */
final class CancellableCall {

    private CompletableFuture<?> current;
    private boolean cancelled;

    /** Sends nothing after a cancellation. */
    synchronized <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> request) {
        if (cancelled) {
            return CompletableFuture.failedFuture(new CancellationException());
        }
        CompletableFuture<T> begun = request.get();
        current = begun;
        return begun;
    }

    /** Cancelling {@code call} cancels the request, which the HTTP client does for its own future only. */
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
