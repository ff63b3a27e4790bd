package io.identities.gateway.token;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a replica knows and the shared store may not have: written once more, a slice at a time, so that reading goes on
 * between, and ever more slowly while the store takes nothing. Asked for from any thread, the rest by one at a time.
 */
final class RevocationWriteBack {

    private static final int SLICE = 1000;

    /** In rounds: about three seconds. */
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

    /** The store may lack something that is known here. */
    void request() {
        due = true;
    }

    /** Nothing is left to be written. */
    boolean isDone() {
        return !due && left.isEmpty();
    }

    /**
     * What to write in this round, which {@link #written} or {@link #failed} follows.
     *
     * @param known everything that is known here
     * @return empty where nothing is left, or the store is given a pause
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
