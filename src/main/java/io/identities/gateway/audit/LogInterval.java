package io.identities.gateway.audit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Paces one kind of log line, so that nobody outside can flood the log with it. Thread-safe. */
public final class LogInterval {

    private final long interval;
    private final LongSupplier nanoTicker;
    private final AtomicLong last;

    /**
     * @param interval the least time between two lines
     * @param nanoTicker a monotonic nanosecond counter
     */
    public LogInterval(Duration interval, LongSupplier nanoTicker) {
        this.interval = interval.toNanos();
        this.nanoTicker = nanoTicker;
        this.last = new AtomicLong(nanoTicker.getAsLong() - this.interval);
    }

    /** Whether a line may be written now; it then counts as written. */
    public boolean isDue() {
        long now = nanoTicker.getAsLong();
        long before = last.get();
        return now - before >= interval && last.compareAndSet(before, now);
    }
}
