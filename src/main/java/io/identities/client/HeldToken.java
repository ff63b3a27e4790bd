package io.identities.client;

import java.time.Duration;
import java.time.Instant;

/**
 * The token in use, with its points in time. Immutable; prints as stars.
 *
 * @param full the lifetime of the session's first token
 * @param renewAt from then on a new one is requested while this one is still used
 * @param useUntil from then on callers wait for a new one
 * @param last whether the session ends with this token, so that the next one needs a login
 */
record HeldToken(IssuedToken issued, Duration full, Instant renewAt, Instant useUntil, boolean last) {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration WIDEST_MARGIN = Duration.ofSeconds(5);

    /** @param renewalPoint the fraction of its lifetime after which a token is renewed */
    static HeldToken ofLogin(IssuedToken issued, double renewalPoint) {
        return hold(issued, issued.lifetime(), renewalPoint, false);
    }

    HeldToken renewed(IssuedToken issued, double renewalPoint) {
        return hold(issued, full, renewalPoint, isCutShort(issued.lifetime(), full));
    }

    HeldToken asLast() {
        return new HeldToken(issued, full, renewAt, useUntil, true);
    }

    String value() {
        return issued.value();
    }

    /** Whether it may be handed out. A clock that shows less than when it was asked for was set back, and tells nothing. */
    boolean isUsable(Instant now) {
        return !isFromLater(now) && now.isBefore(useUntil);
    }

    boolean isDue(Instant now) {
        return isFromLater(now) || !now.isBefore(renewAt);
    }

    private boolean isFromLater(Instant now) {
        return now.isBefore(issued.asked());
    }

    /** Whether it is too late even for a renewal. */
    boolean isLapsed(Instant now) {
        return !now.isBefore(issued.asked().plus(issued.lifetime()));
    }

    @Override
    public String toString() {
        return "HeldToken[***, use until " + useUntil + "]";
    }

    private static HeldToken hold(IssuedToken issued, Duration full, double renewalPoint, boolean last) {
        Duration usable = usable(issued.lifetime(), last);
        Duration margin = usable.dividedBy(10);
        Instant useUntil =
                issued.asked().plus(usable).minus(margin.compareTo(WIDEST_MARGIN) < 0 ? margin : WIDEST_MARGIN);
        Instant renewAt = issued.asked().plusMillis((long) (usable.toMillis() * renewalPoint));
        return new HeldToken(issued, full, renewAt.isBefore(useUntil) ? renewAt : useUntil, useUntil, last);
    }

    /** Claims have whole seconds, so up to one second of the lifetime had passed when the token was issued. */
    private static Duration usable(Duration lifetime, boolean last) {
        Duration sure = lifetime.minus(SECOND);
        if (sure.compareTo(SECOND) >= 0) {
            return sure;
        }
        return last ? Duration.ZERO : lifetime.dividedBy(2);
    }

    /** The session limit shortens the last tokens of a session. A second less is rounding. */
    private static boolean isCutShort(Duration lifetime, Duration full) {
        return full.minus(lifetime).compareTo(SECOND) > 0
                || lifetime.multipliedBy(2).compareTo(full) <= 0;
    }
}
