package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheckHealth.State;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class CredentialCheckGuardTest {

    private static final Credentials ALICE = new Credentials("alice", "wonderland");
    private static final Duration OPEN_FOR = Duration.ofSeconds(1);

    private final MutableClock clock = MutableClock.startingNow();
    private final AtomicInteger asked = new AtomicInteger();
    private Mono<Optional<Subject>> answer = Mono.just(Optional.empty());
    private final CredentialCheckGuard guarded = new CredentialCheckGuard(
            credentials -> {
                asked.incrementAndGet();
                return answer;
            },
            new CredentialCheckGuard.Limits(3, Duration.ofMillis(200), 4, OPEN_FOR),
            clock);

    @Test
    void moreThanSoManyAtOnceAreToldSoAtOnce() {
        Sinks.One<Optional<Subject>> later = Sinks.one();
        answer = later.asMono();
        List<CompletableFuture<Optional<Subject>>> underWay = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            underWay.add(guarded.check(ALICE).toFuture());
        }
        CredentialCheckUnavailableException busy = CredentialCheckContract.failure(guarded.check(ALICE));
        assertThat(busy.kind()).isEqualTo(Kind.BUSY);
        assertThat(busy.retryAfter()).isPresent();
        assertThat(asked).hasValue(3);
        later.tryEmitValue(Optional.empty());
        underWay.forEach(CompletableFuture::join);
        assertThat(CredentialCheckContract.answerOf(guarded.check(ALICE))).isEmpty();
    }

    @Test
    void aCheckThatNeverAnswersTimesOut() {
        answer = Mono.never();
        assertThat(CredentialCheckContract.failure(guarded.check(ALICE)).kind()).isEqualTo(Kind.TIMED_OUT);
    }

    @Test
    void log12_missingAnswersOpenTheCircuitWhichAsksOneQuestionAtATime() {
        answer = missing();
        ask(4);
        assertThat(guarded.health().circuitOpen()).isTrue();
        Sinks.One<Optional<Subject>> later = Sinks.one();
        answer = later.asMono();
        CompletableFuture<Optional<Subject>> probe = guarded.check(ALICE).toFuture();
        CredentialCheckUnavailableException open = CredentialCheckContract.failure(guarded.check(ALICE));
        assertThat(open.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
        assertThat(open.retryAfter()).contains(OPEN_FOR);
        assertThat(asked).hasValue(5);
        later.tryEmitError(new CredentialCheckUnavailableException(Kind.NO_ANSWER, "gone", null, null));
        assertThat(probe).isCompletedExceptionally();
        assertThat(guarded.health().circuitOpen()).isTrue();
    }

    @Test
    void log20_cac05_theFirstQuestionAfterAnOutageIsAnsweredAndClosesTheCircuit() {
        answer = missing();
        ask(10);
        assertThat(guarded.health().circuitOpen()).isTrue();
        answer = Mono.just(Optional.of(Subject.named("alice")));
        assertThat(CredentialCheckContract.answerOf(guarded.check(ALICE))).isPresent();
        assertThat(guarded.health().circuitOpen()).isFalse();
        assertThat(guarded.health().report().state()).isEqualTo(State.ANSWERING);
    }

    @Test
    void afterASecondTheCircuitIsTriedOfItself() {
        answer = missing();
        ask(4);
        clock.advance(OPEN_FOR.plusMillis(1));
        answer = Mono.just(Optional.of(Subject.named("alice")));
        assertThat(CredentialCheckContract.answerOf(guarded.check(ALICE))).isPresent();
        assertThat(CredentialCheckContract.answerOf(guarded.check(ALICE))).isPresent();
        assertThat(guarded.health().circuitOpen()).isFalse();
    }

    @Test
    void answersThatAreNeitherYesNorNoLeaveTheCircuitClosed() {
        answer = Mono.error(CredentialCheckUnavailableException.unclear("answer 500"));
        ask(50);
        assertThat(asked).hasValue(50);
        assertThat(guarded.health().circuitOpen()).isFalse();
    }

    @Test
    void refusalsLeaveTheCircuitClosed() {
        for (int i = 0; i < 50; i++) {
            assertThat(CredentialCheckContract.answerOf(guarded.check(ALICE))).isEmpty();
        }
    }

    @Test
    void healthTellsHowTheLastCheckFared() {
        assertThat(guarded.health().report().state()).isEqualTo(State.NOT_ASKED);
        CredentialCheckContract.answerOf(guarded.check(ALICE));
        assertThat(guarded.health().report().state()).isEqualTo(State.ANSWERING);
        answer = missing();
        ask(1);
        assertThat(guarded.health().report())
                .isEqualTo(new CredentialCheckHealth.Report(State.UNAVAILABLE, "gone", clock.instant()));
    }

    @Test
    void nameThatMakesTheCheckAnswerWithAnErrorIsNoOutage() {
        CredentialCheckContract.answerOf(guarded.check(ALICE));
        answer = Mono.error(CredentialCheckUnavailableException.unclear("answer 500"));
        ask(5);
        assertThat(guarded.health().report().state()).isEqualTo(State.ANSWERING);
    }

    @Test
    void aRecheckIsGuardedToo() {
        assertThat(guarded.recheck(Subject.named("alice"))).isNull();
        CredentialCheckGuard other = new CredentialCheckGuard(
                recheckable(Mono.empty(), Mono.empty()),
                new CredentialCheckGuard.Limits(1, Duration.ofSeconds(5), 4, OPEN_FOR),
                clock);
        assertThat(CredentialCheckContract.failure(other.recheck(Subject.named("alice"))))
                .isNotNull();
    }

    @Test
    void log12_aRecheckThatThrowsIsUnavailable() {
        CredentialCheck broken = new CredentialCheck() {
            @Override
            public Mono<Optional<Subject>> check(Credentials credentials) {
                return Mono.just(Optional.empty());
            }

            @Override
            public Mono<Optional<Subject>> recheck(Subject subject) {
                throw new IllegalStateException("wonderland");
            }
        };
        CredentialCheckGuard other = new CredentialCheckGuard(
                broken, new CredentialCheckGuard.Limits(1, Duration.ofSeconds(5), 4, OPEN_FOR), clock);
        assertThat(CredentialCheckContract.failure(other.recheck(Subject.named("alice"))))
                .hasMessage("java.lang.IllegalStateException");
    }

    @Test
    void aStormOfLoginsLeavesRenewalsTheirOwnPlaces() {
        CredentialCheckGuard both = new CredentialCheckGuard(
                recheckable(Mono.never(), Mono.just(Optional.empty())),
                new CredentialCheckGuard.Limits(1, Duration.ofSeconds(20), 4, OPEN_FOR),
                clock);
        Disposable underWay = both.check(ALICE).subscribe();
        assertThat(CredentialCheckContract.failure(both.check(ALICE)).kind()).isEqualTo(Kind.BUSY);
        assertThat(CredentialCheckContract.answerOf(both.recheck(Subject.named("alice"))))
                .isEmpty();
        underWay.dispose();
    }

    @Test
    void anOutageOfTheOneQuestionLeavesTheCircuitOfTheOtherClosed() {
        CredentialCheckGuard both = new CredentialCheckGuard(
                recheckable(Mono.just(Optional.empty()), missing()),
                new CredentialCheckGuard.Limits(3, Duration.ofSeconds(20), 4, OPEN_FOR),
                clock);
        for (int i = 0; i < 4; i++) {
            CredentialCheckContract.failure(both.recheck(Subject.named("alice")));
        }
        assertThat(both.health().circuitOpen()).isTrue();
        assertThat(CredentialCheckContract.answerOf(both.check(ALICE))).isEmpty();
        assertThat(both.health().circuitOpen())
                .as("a login says nothing of renewals")
                .isTrue();
    }

    private static CredentialCheck recheckable(Mono<Optional<Subject>> login, Mono<Optional<Subject>> recheck) {
        return new CredentialCheck() {
            @Override
            public Mono<Optional<Subject>> check(Credentials credentials) {
                return login;
            }

            @Override
            public Mono<Optional<Subject>> recheck(Subject subject) {
                return recheck;
            }
        };
    }

    private void ask(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(CredentialCheckContract.failure(guarded.check(ALICE))).isNotNull();
        }
    }

    private static Mono<Optional<Subject>> missing() {
        return Mono.error(new CredentialCheckUnavailableException(Kind.NO_ANSWER, "gone", null, null));
    }
}
