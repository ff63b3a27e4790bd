package io.identities.gateway.token;

import io.identities.gateway.token.RevocationIndex.Replacement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The renewals of one session that supersede its earlier tokens, oldest first: the last one whose grace is over,
 * and those still waiting. A session that renews without pause keeps a handful of them, and the waiting ones come
 * into force in turn.
 */
record Watermarks(List<Revocation.Superseded> marks) {

    private static final int MAX_MARKS = 8;

    static Watermarks of(Revocation.Superseded mark) {
        return new Watermarks(List.of(mark));
    }

    Watermarks with(Revocation.Superseded mark, Instant now) {
        if (marks.contains(mark)) {
            return this;
        }
        List<Revocation.Superseded> all = new ArrayList<>(marks);
        all.add(mark);
        all.sort(Comparator.comparing(Revocation.Superseded::from));
        while (all.size() > 1 && !all.get(1).from().isAfter(now)) {
            join(all, 0);
        }
        if (all.size() > MAX_MARKS) {
            join(all, all.size() - 2);
        }
        return new Watermarks(List.copyOf(all));
    }

    /** What a mark covers, and for how long, goes over to the one behind it. */
    private static void join(List<Revocation.Superseded> all, int index) {
        Revocation.Superseded mark = all.remove(index);
        Revocation.Superseded heir = all.get(index);
        all.set(
                index,
                new Revocation.Superseded(
                        heir.sessionId(),
                        later(mark.issuedBefore(), heir.issuedBefore()),
                        heir.from(),
                        later(mark.until(), heir.until())));
    }

    Replacement replacement(Revocation.Superseded mark, Instant now) {
        List<Revocation.Superseded> after = with(mark, now).marks();
        List<Revocation> outdated = new ArrayList<>(marks);
        outdated.removeAll(after);
        return new Replacement(List.copyOf(after), outdated);
    }

    boolean cover(AccessToken token, Instant now) {
        for (Revocation.Superseded mark : marks) {
            if (!mark.from().isAfter(now) && mark.covers(token)) {
                return true;
            }
        }
        return false;
    }

    Instant until() {
        return marks.stream()
                .map(Revocation.Superseded::until)
                .reduce(Watermarks::later)
                .orElseThrow();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
