package io.identities.gateway.token;

import java.util.List;
import java.util.function.Supplier;

/**
 * Writes what a replica knows to the shared store again, in slices so that reading goes on in between, and with growing
 * pauses while the store accepts nothing. {@link #request} may be called by any thread, the rest by one at a time.
 */
final class RevocationWriteBack {

    private static final int SLICE = 1000;

    /** In rounds; about three seconds. */
    private static final int LONGEST_PAUSE = 16;

    private final int slice;
    private volatile boolean due;
    private List<Revocation> left = List.of();
    private int nextPause = 1;
    private int pause;

    RevocationWriteBack() {
        this(SLICE);
    }

    RevocationWriteBack(int slice) {
        this.slice = slice;
    }

    /** The store may lack something that this replica knows. */
    void request() {
        due = true;
    }

    /** Whether nothing is left to write. */
    boolean isDone() {
        return !due && left.isEmpty();
    }

    /**
     * The slice to write in this round; {@link #written} or {@link #failed} must follow.
     *
     * @param known everything that this replica knows
     * @return empty if nothing is left or the store is given a pause
     */
    List<Revocation> next(Supplier<List<Revocation>> known) {
        if (pause > 0) {
            pause--;
            return List.of();
        }
        if (due) {
            due = false;
            left = known.get();
        }
        return left.subList(0, Math.min(slice, left.size()));
    }

    void written() {
        left = left.subList(Math.min(slice, left.size()), left.size());
        nextPause = 1;
    }

    void failed() {
        pause = nextPause;
        nextPause = Math.min(2 * nextPause, LONGEST_PAUSE);
    }
}
