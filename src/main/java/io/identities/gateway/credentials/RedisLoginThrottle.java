package io.identities.gateway.credentials;

import io.identities.gateway.audit.FailureText;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Uses the counters that replicas share, and this replica's own while the shared ones are unavailable or slow. The
 * local ones are always updated, so that an outage does not reset the limits.
 */
final class RedisLoginThrottle implements LoginThrottle {

    private static final Logger log = LoggerFactory.getLogger(RedisLoginThrottle.class);
    private static final Duration LEAVE_ALONE = Duration.ofSeconds(5);

    private final CountingLoginThrottle shared;
    private final CountingLoginThrottle own;
    private final Clock clock;
    private final AtomicReference<@Nullable Instant> awayUntil = new AtomicReference<>();

    RedisLoginThrottle(CountingLoginThrottle shared, CountingLoginThrottle own, Clock clock) {
        this.shared = shared;
        this.own = own;
        this.clock = clock;
    }

    @Override
    public Mono<Admission> admit(String username, InetAddress client) {
        return Mono.defer(() -> {
            if (isLeftAlone(awayUntil.get(), clock.instant())) {
                return own.admit(username, client);
            }
            return shared.admit(username, client)
                    .flatMap(admission -> answered(username, client, admission))
                    .onErrorResume(failure -> {
                        lost(failure);
                        return own.admit(username, client);
                    });
        });
    }

    /** Not longer if the clock has been set back in the meantime. */
    private static boolean isLeftAlone(@Nullable Instant until, Instant now) {
        return until != null && now.isBefore(until) && !now.isBefore(until.minus(LEAVE_ALONE));
    }

    private Mono<Admission> answered(String username, InetAddress client, Admission admission) {
        if (awayUntil.getAndSet(null) != null) {
            log.info("Logins are counted for all replicas together again");
        }
        if (!(admission instanceof Admitted admitted)) {
            return Mono.just(admission);
        }
        return own.admitNow(username, client)
                .<Admission>map(noted -> new Admitted(verdict -> both(admitted, noted, verdict)))
                .defaultIfEmpty(new Admitted(verdict -> settle(admitted, verdict)));
    }

    private Mono<Void> both(Admitted admitted, Admission noted, Verdict verdict) {
        Mono<Void> ownNote = noted instanceof Admitted here ? here.settlement().settle(verdict) : Mono.empty();
        return ownNote.then(settle(admitted, verdict));
    }

    private Mono<Void> settle(Admitted admitted, Verdict verdict) {
        return admitted.settlement().settle(verdict).onErrorResume(failure -> {
            lost(failure);
            return Mono.empty();
        });
    }

    private void lost(Throwable failure) {
        if (awayUntil.getAndSet(clock.instant().plus(LEAVE_ALONE)) == null) {
            log.warn(
                    "Redis does not count logins ({}): each replica counts its own until it does",
                    FailureText.of(Exceptions.unwrapMultiple(failure).get(0)));
        }
    }
}
