package io.identities.gateway.credentials;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.token.Subject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A check behind a bulkhead (so many at once, the rest is told at once), a ceiling of time and a circuit breaker. An open
 * circuit lets one question through at a time, so that the first one after an outage is answered. Every error that comes
 * out is a {@link CredentialCheckUnavailableException}; silence is one too.
 */
final class GuardedCredentialCheck implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GuardedCredentialCheck.class);
    private static final Duration RETRY_AFTER_BUSY = Duration.ofSeconds(1);

    private final CredentialCheck check;
    private final Semaphore permits;
    private final Duration ceiling;
    private final CircuitBreaker breaker;
    private final Semaphore probe = new Semaphore(1);
    private final Duration openFor;
    private final CredentialCheckHealth health;

    GuardedCredentialCheck(CredentialCheck check, Limits limits, Clock clock) {
        this.check = check;
        this.permits = new Semaphore(limits.maxConcurrent());
        this.ceiling = limits.ceiling();
        this.openFor = limits.openFor();
        this.breaker = CircuitBreaker.of("credential-check", breakerConfig(limits, clock));
        breaker.getEventPublisher()
                .onStateTransition(change -> log.warn(
                        "The circuit of the credential check goes from {} to {}",
                        change.getStateTransition().getFromState(),
                        change.getStateTransition().getToState()));
        this.health = new CredentialCheckHealth(clock, () -> breaker.getState() == CircuitBreaker.State.OPEN);
    }

    /**
     * Bounds of one check.
     *
     * @param ceiling longest wait for one answer, whatever the check itself promises
     * @param window how many of the latest answers the breaker looks at; it opens when half of them are missing
     * @param openFor how long an open breaker asks one question at a time
     */
    record Limits(int maxConcurrent, Duration ceiling, int window, Duration openFor) {}

    Mono<Optional<Subject>> check(Credentials credentials) {
        return guard(() -> check.check(credentials));
    }

    @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        Mono<Optional<Subject>> asked = check.recheck(subject);
        return asked == null ? null : guard(() -> asked);
    }

    CredentialCheckHealth health() {
        return health;
    }

    @Override
    public void close() {
        if (check instanceof OwnedCredentialCheck owned) {
            owned.close();
        }
    }

    /** Any failure as the one that callers handle. The text of a stranger's exception is not repeated: it may hold a secret. */
    static CredentialCheckUnavailableException unavailable(Throwable failure) {
        if (failure instanceof CredentialCheckUnavailableException known) {
            return known;
        }
        boolean timedOut = failure instanceof TimeoutException;
        return new CredentialCheckUnavailableException(
                timedOut ? Kind.TIMED_OUT : Kind.NO_ANSWER, failure.getClass().getName(), null, failure);
    }

    private Mono<Optional<Subject>> guard(Supplier<Mono<Optional<Subject>>> asked) {
        return Mono.deferContextual(request -> {
            if (!permits.tryAcquire()) {
                return Mono.error(notAsked(Kind.BUSY, "too many checks under way", RETRY_AFTER_BUSY));
            }
            Origin origin = request.getOrDefault(Origin.class, null);
            Mono<Optional<Subject>> question =
                    breaker.tryAcquirePermission() ? observed(asked, origin) : probed(asked, origin);
            return question.doFinally(signal -> permits.release());
        });
    }

    private Mono<Optional<Subject>> observed(Supplier<Mono<Optional<Subject>>> asked, @Nullable Origin origin) {
        long start = breaker.getCurrentTimestamp();
        return bounded(asked)
                .doOnNext(answer -> answered(start))
                .doOnError(CredentialCheckUnavailableException.class, failure -> failed(start, failure, origin))
                .doOnCancel(breaker::releasePermission);
    }

    private Mono<Optional<Subject>> probed(Supplier<Mono<Optional<Subject>>> asked, @Nullable Origin origin) {
        if (!probe.tryAcquire()) {
            return Mono.error(notAsked(Kind.CIRCUIT_OPEN, "the check failed too often just now", openFor));
        }
        return bounded(asked)
                .doOnNext(answer -> recovered())
                .doOnError(CredentialCheckUnavailableException.class, failure -> health.failed(failure, origin))
                .doFinally(signal -> probe.release());
    }

    private Mono<Optional<Subject>> bounded(Supplier<Mono<Optional<Subject>>> asked) {
        return Mono.defer(asked).single().timeout(ceiling).onErrorMap(GuardedCredentialCheck::unavailable);
    }

    private void recovered() {
        breaker.transitionToClosedState();
        health.answered();
    }

    private void answered(long start) {
        breaker.onSuccess(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit());
        health.answered();
    }

    private void failed(long start, CredentialCheckUnavailableException failure, @Nullable Origin origin) {
        breaker.onError(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit(), failure);
        health.failed(failure, origin);
    }

    private static CredentialCheckUnavailableException notAsked(Kind kind, String message, Duration retryAfter) {
        return new CredentialCheckUnavailableException(kind, message, retryAfter, null);
    }

    /**
     * Only missing answers count: a name or password that makes the check answer with an error of its own must not shut
     * the door for everybody else.
     */
    private static CircuitBreakerConfig breakerConfig(Limits limits, Clock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(limits.window(), limits.window(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(limits.openFor())
                .permittedNumberOfCallsInHalfOpenState(2)
                .clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .recordException(failure -> failure instanceof CredentialCheckUnavailableException known
                        && (known.kind() == Kind.NO_ANSWER || known.kind() == Kind.TIMED_OUT))
                .build();
    }
}
