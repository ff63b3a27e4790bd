package io.identities.gateway.audit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Rate-limits one kind of log line, so that no client can flood the log with it. Thread-safe. */
public final class LogInterval {

    private final long interval;
    private final LongSupplier nanoTicker;
    private final AtomicLong last;
    private final AtomicLong leftOut = new AtomicLong();

    /**
     * @param interval the least time between two lines
     * @param nanoTicker a monotonic nanosecond counter
     */
    public LogInterval(Duration interval, LongSupplier nanoTicker) {
        this.interval = interval.toNanos();
        this.nanoTicker = nanoTicker;
        this.last = new AtomicLong(nanoTicker.getAsLong() - this.interval);
    }

    /** Whether a line may be written now; it then counts as written, otherwise as suppressed. */
    public boolean isDue() {
        long now = nanoTicker.getAsLong();
        long before = last.get();
        if (now - before >= interval && last.compareAndSet(before, now)) {
            return true;
        }
        leftOut.incrementAndGet();
        return false;
    }

    /** The end of a line that is due: how many were suppressed since the previous one; empty for none. */
    public String leftOut() {
        long count = leftOut.getAndSet(0);
        return count == 0 ? "" : "; " + count + " more like this since the last line";
    }
}
