package io.identities.gateway.token;

import io.identities.gateway.token.RevocationStore.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is revoked, in local memory, exact. Reading takes no lock. Nothing that still covers a living token is ever
 * dropped; what is over goes within a minute of the next change.
 */
final class RevocationIndex {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

    private final Map<String, Revocation.OfSession> sessions = new ConcurrentHashMap<>();
    private final Map<String, Revocation.OfToken> tokens = new ConcurrentHashMap<>();
    private final Map<String, Revocation.OfUser> users = new ConcurrentHashMap<>();
    private final Map<String, Watermarks> superseded = new ConcurrentHashMap<>();
    private volatile Instant sweptAt = Instant.MIN;

    /**
     * Takes an entry in. Two for the same session, token or user become the wider of both.
     *
     * @return whether more is revoked than before
     */
    boolean add(Revocation revocation, Instant now) {
        sweepNowAndThen(now);
        if (!revocation.until().isAfter(now)) {
            return false;
        }
        if (revocation instanceof Revocation.OfSession session) {
            return put(sessions, session.sessionId(), session);
        }
        if (revocation instanceof Revocation.OfToken token) {
            return put(tokens, token.tokenId(), token);
        }
        if (revocation instanceof Revocation.OfUser user) {
            return put(users, user.username(), user);
        }
        Revocation.Superseded mark = (Revocation.Superseded) revocation;
        Watermarks before = superseded.get(mark.sessionId());
        Watermarks after = superseded.merge(mark.sessionId(), Watermarks.of(mark), (old, added) -> old.with(mark, now));
        return !after.equals(before);
    }

    Verdict verdict(AccessToken token, Instant now) {
        String sid = token.sessionId();
        if (sid != null && !sessions.isEmpty() && sessions.containsKey(sid)) {
            return Verdict.REVOKED;
        }
        if (!tokens.isEmpty() && tokens.containsKey(token.tokenId())) {
            return Verdict.REVOKED;
        }
        Revocation.OfUser user =
                users.isEmpty() ? null : users.get(token.subject().name());
        if (user != null && user.covers(token)) {
            return Verdict.REVOKED;
        }
        Watermarks marks = sid == null || superseded.isEmpty() ? null : superseded.get(sid);
        return marks != null && marks.cover(token, now) ? Verdict.SUPERSEDED : Verdict.GOOD;
    }

    /** Every entry that is not over. */
    List<Revocation> entries(Instant now) {
        sweep(now);
        List<Revocation> entries = new ArrayList<>();
        entries.addAll(sessions.values());
        entries.addAll(tokens.values());
        entries.addAll(users.values());
        superseded.values().forEach(marks -> entries.addAll(marks.marks()));
        return entries;
    }

    RevocationStore.Status status(boolean ready, boolean connected, Instant now) {
        sweep(now);
        return new RevocationStore.Status(ready, connected, sessions.size(), tokens.size(), users.size());
    }

    private static <R extends Revocation> boolean put(Map<String, R> entries, String key, R entry) {
        R before = entries.get(key);
        return !entries.merge(key, entry, RevocationIndex::wider).equals(before);
    }

    @SuppressWarnings("unchecked")
    private static <R extends Revocation> R wider(R old, R added) {
        if (old instanceof Revocation.OfUser before && added instanceof Revocation.OfUser after) {
            return (R) wider(before, after);
        }
        return added.until().isAfter(old.until()) ? added : old;
    }

    private static Revocation.OfUser wider(Revocation.OfUser old, Revocation.OfUser added) {
        if (!added.moment().isAfter(old.moment()) && !added.until().isAfter(old.until())) {
            return old;
        }
        return new Revocation.OfUser(
                old.username(), later(old.moment(), added.moment()), later(old.until(), added.until()));
    }

    private void sweepNowAndThen(Instant now) {
        if (now.isAfter(sweptAt.plus(SWEEP_INTERVAL))) {
            sweep(now);
        }
    }

    private void sweep(Instant now) {
        sweptAt = now;
        sessions.values().removeIf(entry -> !entry.until().isAfter(now));
        tokens.values().removeIf(entry -> !entry.until().isAfter(now));
        users.values().removeIf(entry -> !entry.until().isAfter(now));
        superseded.values().removeIf(marks -> !marks.until().isAfter(now));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * The renewals of one session that supersede its earlier tokens, oldest first: the last one whose grace is over,
     * and those still waiting. A session that renews without pause keeps a handful of them, and the waiting ones come
     * into force in turn.
     */
    private record Watermarks(List<Revocation.Superseded> marks) {

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
                    .reduce(RevocationIndex::later)
                    .orElseThrow();
        }
    }
}
