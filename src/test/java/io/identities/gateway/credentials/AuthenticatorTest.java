package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Login;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.token.Subject;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class AuthenticatorTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Credentials ALICE = new Credentials("alice", "wonderland");
    private static final CredentialCheckGuard.Limits LIMITS =
            new CredentialCheckGuard.Limits(4, Duration.ofSeconds(10), 20, Duration.ofSeconds(1));

    private final MutableClock clock = MutableClock.startingNow();
    private final List<SecurityEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private LoginThrottle throttle = new CountingLoginThrottle(
            LoginThrottleContract.RULES,
            new InMemoryThrottleCounters(LoginThrottleContract.RULES, 100, () -> clock.millis() * 1_000_000L));

    @Test
    void theRightPasswordIsAcceptedUnderTheNameThatTheCheckApproved() {
        LoginOutcome outcome = login(yes("Alice"), ALICE);
        assertThat(outcome).isEqualTo(new LoginOutcome.Accepted(Subject.named("Alice")));
        assertThat(events).containsExactly(new Login(SecurityEvent.Outcome.ACCEPTED, "accepted", "Alice", origin()));
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThat(login(no(), ALICE)).isEqualTo(new LoginOutcome.Refused());
        assertThat(events)
                .containsExactly(new Login(SecurityEvent.Outcome.REFUSED, "wrong_credentials", "alice", origin()));
    }

    @Test
    void log06_tooManyFailuresAreThrottledBeforeTheCheckIsAsked() {
        Authenticator authenticator = authenticator(no());
        for (int i = 0; i < 5; i++) {
            assertThat(login(authenticator, ALICE)).isEqualTo(new LoginOutcome.Refused());
        }
        assertThat(login(authenticator, new Credentials("ALICE ", "wonderland")))
                .isEqualTo(new LoginOutcome.Throttled(LoginReason.THROTTLED_USER_AND_NETWORK, Duration.ofSeconds(1)));
        assertThat(asked).hasValue(5);
        assertThat(events.get(5).reason()).isEqualTo("throttled_user_and_network");
        assertThat(events.get(5).outcome()).isEqualTo(SecurityEvent.Outcome.THROTTLED);
    }

    @Test
    void unknownAndKnownUsersAreThrottledAlike() {
        Authenticator authenticator = authenticator(credentials ->
                Mono.just(credentials.equals(ALICE) ? Optional.of(Subject.named("alice")) : Optional.empty()));
        for (String name : List.of("alice", "nobody")) {
            List<LoginOutcome> outcomes = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                outcomes.add(login(authenticator, new Credentials(name, "wrong")));
            }
            assertThat(outcomes.subList(0, 5)).containsOnly(new LoginOutcome.Refused());
            assertThat(outcomes.subList(5, 7))
                    .containsOnly(
                            new LoginOutcome.Throttled(LoginReason.THROTTLED_USER_AND_NETWORK, Duration.ofSeconds(1)));
        }
    }

    @Test
    void parallelGuessesAskTheCheckNoMoreOftenThanTheLimit() {
        Sinks.Empty<Void> answer = Sinks.empty();
        Authenticator authenticator = authenticator(
                new CredentialCheckGuard.Limits(100, SOON, 20, SOON),
                credentials -> answer.asMono().thenReturn(Optional.empty()));
        List<CompletableFuture<LoginOutcome>> guesses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            guesses.add(authenticator
                    .authenticate(attempt(new Credentials("alice", "guess" + i)))
                    .toFuture());
        }
        answer.tryEmitEmpty();
        List<LoginOutcome> outcomes =
                guesses.stream().map(CompletableFuture::join).toList();
        assertThat(outcomes).filteredOn(LoginOutcome.Refused.class::isInstance).hasSize(5);
        assertThat(outcomes)
                .filteredOn(LoginOutcome.Throttled.class::isInstance)
                .hasSize(45);
        assertThat(asked).hasValue(5);
        assertThat(events).hasSize(50);
    }

    @Test
    void log12_anOutageIsNeitherYesNorNoAndCountsAsNoFailure() {
        Authenticator authenticator = authenticator(
                failing(new CredentialCheckUnavailableException(Kind.NO_ANSWER, "down", Duration.ofSeconds(7), null)));
        for (int i = 0; i < 8; i++) {
            assertThat(login(authenticator, ALICE))
                    .isEqualTo(new LoginOutcome.Unavailable(LoginReason.CHECK_UNAVAILABLE, Duration.ofSeconds(7)));
        }
        assertThat(events).hasSize(8).allMatch(event -> event.reason().equals("check_unavailable"));
    }

    @Test
    void log12_noAnswerInTimeIsToldApart() {
        LoginOutcome outcome = login(failing(new TimeoutException()), ALICE);
        assertThat(outcome).isEqualTo(new LoginOutcome.Unavailable(LoginReason.CHECK_TIMED_OUT, Duration.ofSeconds(5)));
        assertThat(events.get(0).reason()).isEqualTo("check_timed_out");
    }

    @Test
    void silenceOfTheCheckIsNoApproval() {
        assertThat(login(credentials -> Mono.empty(), ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void aCheckThatBreaksItsContractIsNoApproval() {
        assertThat(login(credentials -> null, ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
        assertThat(login(
                        credentials -> {
                            throw new IllegalStateException("broken");
                        },
                        ALICE))
                .isInstanceOf(LoginOutcome.Unavailable.class);
    }

    @Test
    void log20_rightPasswordWorksAtOnceWhenTheCheckIsBack() {
        List<CredentialCheck> answers = new ArrayList<>(List.of(
                failing(new IllegalStateException("down")), failing(new IllegalStateException("down")), yes("alice")));
        Authenticator authenticator =
                authenticator(credentials -> answers.remove(0).check(credentials));
        assertThat(login(authenticator, ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
        assertThat(login(authenticator, ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
        assertThat(login(authenticator, ALICE)).isInstanceOf(LoginOutcome.Accepted.class);
    }

    static List<Credentials> never() {
        return List.of(
                new Credentials("", "pw"),
                new Credentials("  ", "pw"),
                new Credentials("alice", ""),
                new Credentials("al\u0000ice", "pw"),
                new Credentials("al\nice", "pw"),
                new Credentials("alice\ud800", "pw"),
                new Credentials("alice", "pw\udc00"));
    }

    @ParameterizedTest
    @MethodSource("never")
    void whatCannotBeRightIsRefusedWithoutAsking(Credentials credentials) {
        assertThat(login(yes("alice"), credentials)).isEqualTo(new LoginOutcome.Refused());
        assertThat(asked).hasValue(0);
        assertThat(events).hasSize(1);
    }

    @Test
    void anAttemptWhoseCallerWentAwayStillCountsAndIsRecorded() {
        Sinks.One<Optional<Subject>> answer = Sinks.one();
        Authenticator authenticator = authenticator(credentials -> answer.asMono());
        Disposable caller = authenticator.authenticate(attempt(ALICE)).subscribe();
        await().untilAtomic(asked, org.hamcrest.Matchers.is(1));
        caller.dispose();
        answer.tryEmitValue(Optional.empty());
        await().until(() -> events.size() == 1);
        assertThat(events.get(0).reason()).isEqualTo("wrong_credentials");
    }

    @Test
    void noPasswordIsEverLogged() {
        try (LogCapture log = LogCapture.of("io.identities.gateway")) {
            login(failing(new IllegalStateException("cannot check wonderland")), ALICE);
            login(no(), ALICE);
            login(yes("alice"), ALICE);
            assertThat(log.messages()).isNotEmpty().noneMatch(line -> line.contains("wonderland"));
        }
        assertThat(ALICE.toString()).doesNotContain("wonderland");
        assertThat(attempt(ALICE).toString()).doesNotContain("wonderland");
    }

    @Test
    void log12_theSameCauseIsLoggedOnceAMinute() {
        try (LogCapture log = LogCapture.of(CredentialCheckHealth.class)) {
            Authenticator authenticator =
                    authenticator(failing(CredentialCheckUnavailableException.unclear("answer 500")));
            for (int i = 0; i < 10; i++) {
                login(authenticator, ALICE);
            }
            assertThat(log.warnings()).hasSize(1);
            clock.advance(Duration.ofMinutes(1));
            login(authenticator, ALICE);
            assertThat(log.warnings()).hasSize(2);
        }
    }

    @Test
    void aFailingThrottleNeverLetsAnybodyIn() {
        throttle = (username, client) -> Mono.error(new IllegalStateException("broken"));
        assertThat(login(yes("alice"), ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
        throttle = (username, client) -> Mono.empty();
        assertThat(login(yes("alice"), ALICE)).isInstanceOf(LoginOutcome.Unavailable.class);
        assertThat(asked).hasValue(0);
    }

    @Test
    void warnsOnceWhenManyPeopleComeFromOneAddressAndNoProxyIsTrusted() {
        throttle = LoginThrottle.none();
        try (LogCapture log = LogCapture.of(AddressWatch.class)) {
            Authenticator authenticator = authenticator(yes("alice"));
            for (int i = 0; i < 300; i++) {
                login(authenticator, new Credentials("user" + i % 10, "pw"));
            }
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("127.0.0.1")
                    .contains("identities.proxy.trusted-proxies");
        }
    }

    private LoginOutcome login(CredentialCheck check, Credentials credentials) {
        return login(authenticator(check), credentials);
    }

    private static LoginOutcome login(Authenticator authenticator, Credentials credentials) {
        return authenticator
                .authenticate(attempt(credentials))
                .timeout(SOON)
                .toFuture()
                .join();
    }

    private Authenticator authenticator(CredentialCheck check) {
        return authenticator(LIMITS, check);
    }

    private Authenticator authenticator(CredentialCheckGuard.Limits limits, CredentialCheck check) {
        CredentialCheck counting = credentials -> {
            asked.incrementAndGet();
            return check.check(credentials);
        };
        return new Authenticator(
                new CredentialCheckGuard(counting, limits, clock),
                throttle,
                new SecurityEvents(List.of(events::add)),
                new AddressWatch(false, clock));
    }

    private static LoginAttempt attempt(Credentials credentials) {
        return new LoginAttempt(credentials, InetAddress.getLoopbackAddress(), origin());
    }

    private static Origin origin() {
        return new Origin("127.0.0.1", "r1");
    }

    private static CredentialCheck yes(String name) {
        return credentials -> Mono.just(Optional.of(Subject.named(name)));
    }

    private static CredentialCheck no() {
        return credentials -> Mono.just(Optional.empty());
    }

    private static CredentialCheck failing(Throwable failure) {
        return credentials -> Mono.error(failure);
    }
}
