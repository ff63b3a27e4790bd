package io.identities.client;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;

/**
 * When a token is requested: at its renewal point, and not during the wait after a failure. Guarded by its owner's
 * lock.
 */
final class RenewalSchedule {

    private final Clock clock;
    private final RenewalTimer timer;
    private final DoubleSupplier renewalPoint;
    private final Setback setback;

    /**
     * @param renewal runs when a token may be due; it checks {@link #isDue}
     * @param renewalPoint the fraction of its lifetime after which a token is renewed, drawn anew for each token
     */
    RenewalSchedule(
            ScheduledExecutorService scheduler,
            Clock clock,
            Runnable renewal,
            DoubleSupplier renewalPoint,
            BackOff failures) {
        this.clock = clock;
        this.timer = new RenewalTimer(scheduler, clock, renewal);
        this.renewalPoint = renewalPoint;
        this.setback = new Setback(failures);
    }

    boolean isHeldUp(Instant now) {
        return setback.lasts(now);
    }

    /** The failure whose wait lasts, with the stack trace of the caller. */
    IdentitiesException failure() {
        return setback.failure();
    }

    /** Whether a renewal is due; if not, it runs again when it is. */
    boolean isDue(HeldToken held) {
        Instant now = clock.instant();
        boolean heldUp = setback.lasts(now);
        if (!heldUp && held.isDue(now)) {
            return true;
        }
        boolean renewalIsLater = !heldUp || held.renewAt().isAfter(setback.until());
        timer.set(renewalIsLater ? held.renewAt() : setback.until());
        return false;
    }

    /**
     * An attempt has succeeded.
     *
     * @param held the previous token; null without one
     */
    HeldToken renewed(Reply reply, HeldToken held) {
        double point = renewalPoint.getAsDouble();
        setback.forget();
        return reply.byLogin() || held == null
                ? HeldToken.ofLogin(reply.issued(), point)
                : held.renewed(reply.issued(), point);
    }

    void next(HeldToken token) {
        timer.set(token.renewAt());
    }

    /**
     * One more attempt has failed; schedules another if it can succeed in time.
     *
     * @param held the token in use; null without one
     */
    IdentitiesException failed(Failure reason, HeldToken held) {
        IdentitiesException problem = setback.after(reason, clock.instant());
        if (reason.isPassing() && held != null && setback.until().isBefore(held.useUntil())) {
            timer.set(setback.until());
        }
        return problem;
    }

    void stop() {
        timer.stop();
    }
}
