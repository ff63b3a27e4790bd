package io.identities.gateway.credentials;

import io.identities.gateway.credentials.LoginThrottle.Verdict;
import io.identities.gateway.credentials.ThrottleRules.UserAndNetwork;

/**
 * The failed logins of one user from one network. Immutable; times are milliseconds of the caller's clock.
 *
 * @param failures in a row
 * @param reserved attempts whose check is in progress: they count as failures until they are settled
 * @param reservedAt when the oldest of them was admitted; without any, when the latest attempt was
 * @param blockedUntil no attempt before this
 */
record Backoff(int failures, int reserved, long reservedAt, long blockedUntil) {

    static final Backoff NONE = new Backoff(0, 0, 0, 0);

    /** No check takes this long, and attempts run to their end: the replica that admitted it has died. */
    private static final long ABANDONED = 60_000;

    /** Keeps the count and its text in the shared store bounded; the longest wait is reached far below. */
    private static final int MAX_FAILURES = 1_000_000;

    enum Answer {
        ADMITTED,
        /** Undecided: it depends on checks in progress. */
        BUSY,
        DENIED
    }

    /** @param delay milliseconds to wait if denied */
    record Step(Backoff next, Answer answer, long delay) {}

    /** Parses the result of {@link #print}; {@link #NONE} for empty text. */
    static Backoff parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] parts = text.split(",", -1);
        return new Backoff(
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]));
    }

    String print() {
        return isNone() ? "" : failures + "," + reserved + "," + reservedAt + "," + blockedUntil;
    }

    boolean isNone() {
        return failures == 0 && reserved == 0;
    }

    Step admit(UserAndNetwork rules, long now) {
        boolean quiet = now - reservedAt > rules.forgetAfter().toMillis();
        Backoff current = quiet ? NONE : withoutAbandoned(now);
        if (current.failures >= rules.failures()) {
            long wait = current.wait(rules, now);
            return wait > 0 ? new Step(current, Answer.DENIED, wait) : current.reserve(now);
        }
        return current.failures + current.reserved >= rules.failures()
                ? new Step(current, Answer.BUSY, 0)
                : current.reserve(now);
    }

    Backoff settle(UserAndNetwork rules, Verdict verdict, long now) {
        int left = Math.max(0, reserved - 1);
        return switch (verdict) {
            case SUCCEEDED -> new Backoff(0, left, reservedAt, 0);
            case UNDECIDED -> new Backoff(failures, left, reservedAt, blockedUntil);
            case FAILED -> failed(rules, left, now);
        };
    }

    /** Once the free failures are used up, one check is allowed at a time, followed by a wait. */
    private long wait(UserAndNetwork rules, long now) {
        // A clock that was set back must not extend a wait beyond the maximum.
        long wait = Math.min(blockedUntil - now, rules.maxWait().toMillis());
        return wait <= 0 && reserved > 0 ? rules.firstWait().toMillis() : wait;
    }

    /** Newer attempts must not renew an abandoned one, or it would block for as long as its user keeps trying. */
    private Step reserve(long now) {
        long oldest = reserved == 0 ? now : reservedAt;
        return new Step(new Backoff(failures, reserved + 1, oldest, blockedUntil), Answer.ADMITTED, 0);
    }

    /** An attempt that is never settled was not checked, so it is not a failure. */
    private Backoff withoutAbandoned(long now) {
        boolean abandoned = reserved > 0 && Math.abs(now - reservedAt) > ABANDONED;
        return abandoned ? new Backoff(failures, 0, reservedAt, blockedUntil) : this;
    }

    private Backoff failed(UserAndNetwork rules, int left, long now) {
        int count = Math.min(failures + 1, MAX_FAILURES);
        long wait = rules.waitAfter(count).toMillis();
        return new Backoff(count, left, reservedAt, wait == 0 ? 0 : now + wait);
    }
}
