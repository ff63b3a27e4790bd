package io.identities.gateway.token;

import io.identities.gateway.token.RevocationStore.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The revocations in local memory, exact. Reads are lock-free. Never drops an entry that covers an unexpired token;
 * expired entries are removed within a minute of the next change.
 */
final class RevocationIndex {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

    private final Map<String, Revocation.OfSession> sessions = new ConcurrentHashMap<>();
    private final Map<String, Revocation.OfToken> tokens = new ConcurrentHashMap<>();
    private final Map<String, Revocation.OfUser> users = new ConcurrentHashMap<>();
    private final Map<String, Watermarks> superseded = new ConcurrentHashMap<>();
    private volatile Instant sweptAt = Instant.MIN;

    /**
     * Adds an entry. Two entries for the same session, token or user are merged into the wider one.
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

    /** What a shared store has to hold for {@code added} to count, and what it need not hold any more then. */
    Replacement replacement(Revocation added, Instant now) {
        if (added instanceof Revocation.Superseded mark) {
            Watermarks before = superseded.get(mark.sessionId());
            return before == null ? Replacement.nothingBy(added) : before.replacement(mark, now);
        }
        Revocation before = namesake(added);
        if (before == null) {
            return Replacement.nothingBy(added);
        }
        Revocation both = wider(before, added);
        return new Replacement(List.of(both), both.equals(before) ? List.of() : List.of(before));
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

    /** Every entry that has not expired. */
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

    private @Nullable Revocation namesake(Revocation added) {
        if (added instanceof Revocation.OfSession session) {
            return sessions.get(session.sessionId());
        }
        if (added instanceof Revocation.OfToken token) {
            return tokens.get(token.tokenId());
        }
        return added instanceof Revocation.OfUser user ? users.get(user.username()) : null;
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
     * @param current what has to be there
     * @param outdated what {@code current} covers in full
     */
    record Replacement(List<Revocation> current, List<Revocation> outdated) {

        static Replacement nothingBy(Revocation added) {
            return new Replacement(List.of(added), List.of());
        }
    }
}
