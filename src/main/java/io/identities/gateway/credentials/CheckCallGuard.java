package io.identities.gateway.credentials;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.credentials.CredentialCheckGuard.Limits;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.token.Subject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Guards one kind of call to a check with a bulkhead (calls beyond the limit fail at once), a time limit and a circuit
 * breaker. An open circuit lets one call through at a time, so that the first call after an outage succeeds. Every
 * error is a {@link CredentialCheckUnavailableException}, also for a check that completes empty.
 */
final class CheckCallGuard {

    private static final Logger log = LoggerFactory.getLogger(CheckCallGuard.class);
    private static final Duration RETRY_AFTER_BUSY = Duration.ofSeconds(1);

    /** The breaker opens when this part of the latest calls got no response. */
    private static final int FAILURE_RATE_PERCENT = 50;

    /** One success is no proof of recovery. */
    private static final int HALF_OPEN_CALLS = 2;

    private final Semaphore permits;
    private final Duration ceiling;
    private final CircuitBreaker breaker;
    private final Semaphore probe = new Semaphore(1);
    private final Duration openFor;
    private final CredentialCheckHealth health;

    /** @param questions the kind of call, for the log */
    CheckCallGuard(String questions, Limits limits, CredentialCheckHealth health, Clock clock) {
        this.permits = new Semaphore(limits.maxConcurrent());
        this.ceiling = limits.ceiling();
        this.openFor = limits.openFor();
        this.health = health;
        this.breaker = CircuitBreaker.of("credential-check", breakerConfig(limits, clock));
        breaker.getEventPublisher()
                .onStateTransition(change -> log.warn(
                        "The circuit of the credential check ({}) goes from {} to {}",
                        questions,
                        change.getStateTransition().getFromState(),
                        change.getStateTransition().getToState()));
    }

    boolean isOpen() {
        return breaker.getState() == CircuitBreaker.State.OPEN;
    }

    Mono<Optional<Subject>> ask(Supplier<Mono<Optional<Subject>>> asked) {
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
        return Mono.defer(asked).single().timeout(ceiling).onErrorMap(CredentialCheckGuard::unavailable);
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

    private static CircuitBreakerConfig breakerConfig(Limits limits, Clock clock) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(limits.window(), limits.window(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(FAILURE_RATE_PERCENT)
                .waitDurationInOpenState(limits.openFor())
                .permittedNumberOfCallsInHalfOpenState(HALF_OPEN_CALLS)
                .clock(clock)
                .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
                .recordException(failure -> failure instanceof CredentialCheckUnavailableException known
                        && known.kind().isOutage())
                .build();
    }
}
