package io.identities.gateway.token;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a replica has read the journal, and whether that can be relied on: after a failover other entries may stand
 * under numbers that were read before. In doubt everything is read once more. For one thread at a time.
 */
final class JournalPosition {

    /** How often there is a doubt, whatever happened meanwhile. */
    private static final Duration RECONCILIATION = Duration.ofMinutes(10);

    private boolean doubtful = true;
    private Instant reconciledAt = Instant.MIN;
    private @Nullable String epoch;
    private long last;

    /** What this replica knows and what the store has may differ. */
    void doubt() {
        doubtful = true;
    }

    /** Reading begins: where it ended the last time, or with the first entry. */
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
     * Moves behind {@code page}.
     *
     * @return false when it comes from another store than the pages before, whose entries have to be read from the first on
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

    /** Also after a clock was set back: while it was ahead, entries may have been dropped as over. */
    private boolean isLongAgo(Instant now) {
        return now.isBefore(reconciledAt) || !now.isBefore(reconciledAt.plus(RECONCILIATION));
    }
}
