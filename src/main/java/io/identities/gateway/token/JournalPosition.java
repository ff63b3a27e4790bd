package io.identities.gateway.token;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a replica has read the journal, and whether that is reliable: after a failover, numbers that were read before
 * may belong to other entries. In doubt everything is read again. Used by one thread at a time.
 */
final class JournalPosition {

    /** Everything is reconciled at least this often. */
    private static final Duration RECONCILIATION = Duration.ofMinutes(10);

    private boolean doubtful = true;
    private Instant reconciledAt = Instant.MIN;
    private @Nullable String epoch;
    private long last;

    /** This replica and the store may have different entries. */
    void doubt() {
        doubtful = true;
    }

    /** Begins to read, where the last read ended or from the first entry. */
    void begin(Instant now) {
        if (doubtful || isLongAgo(now)) {
            doubtful = true;
            last = 0;
        }
    }

    /** The number of the last entry that was read. */
    long last() {
        return last;
    }

    /**
     * Advances past {@code page}.
     *
     * @return false if it comes from another store than the pages before, which must be read from its first entry
     */
    boolean advance(RevocationJournal.Page page) {
        if (!page.epoch().equals(epoch) || page.sequence() < last) {
            epoch = page.epoch();
            last = 0;
            doubtful = true;
            return false;
        }
        last = page.last();
        return true;
    }

    /** Whether everything has been read anew, so that what the store lacks is known; true once for each doubt. */
    boolean takeDoubt(Instant now) {
        if (!doubtful) {
            return false;
        }
        doubtful = false;
        reconciledAt = now;
        return true;
    }

    /** Also after a clock was set back: while it was ahead, entries may have been dropped as expired. */
    private boolean isLongAgo(Instant now) {
        return now.isBefore(reconciledAt) || !now.isBefore(reconciledAt.plus(RECONCILIATION));
    }
}
