package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.LoginThrottle.Admission;
import io.identities.gateway.credentials.LoginThrottle.Admitted;
import io.identities.gateway.credentials.LoginThrottle.Denied;
import io.identities.gateway.credentials.LoginThrottle.Rule;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What holds wherever the counters live. The figures are the defaults of the contract. */
abstract class LoginThrottleContract {

    static final ThrottleRules RULES = new ThrottleRules(
            new ThrottleRules.UserAndNetwork(5, Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofHours(1)),
            new ThrottleRules.Network(100, Duration.ofMinutes(1), Duration.ofSeconds(30), 32, 64),
            new ThrottleRules.User(50, Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofDays(30)));

    private static final Duration SOON = Duration.ofSeconds(20);

    abstract LoginThrottle throttle();

    /** Moves the clock that the throttle under test goes by. */
    abstract void advance(Duration duration);

    @Test
    void fiveFailuresAreFreeAndTheSixthAttemptWaitsASecond() {
        fail("alice", "192.0.2.1", 5);
        assertThat(denial("alice", "192.0.2.1")).isEqualTo(new Denied(Rule.USER_AND_NETWORK, Duration.ofSeconds(1)));
    }

    @Test
    void waitsDoubleUpToFifteenMinutes() {
        fail("alice", "192.0.2.1", 5);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Duration wait = denial("alice", "192.0.2.1").retryAfter();
            waits.add(wait.toSeconds());
            advance(wait);
            fail("alice", "192.0.2.1", 1);
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L);
    }

    @Test
    void afterAWaitOneCheckIsMadeAtATime() {
        fail("alice", "192.0.2.1", 5);
        advance(Duration.ofSeconds(1));
        Admitted first = admit("alice", "192.0.2.1");
        assertThat(denial("alice", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
        settle(first, Verdict.FAILED);
        assertThat(denial("alice", "192.0.2.1").retryAfter()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aDeniedAttemptMakesNoWaitLonger() {
        fail("alice", "192.0.2.1", 5);
        for (int i = 0; i < 20; i++) {
            assertThat(denial("alice", "192.0.2.1").retryAfter()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void aSuccessForgetsTheFailures() {
        fail("alice", "192.0.2.1", 4);
        settle(admit("alice", "192.0.2.1"), Verdict.SUCCEEDED);
        fail("alice", "192.0.2.1", 5);
        assertThat(denial("alice", "192.0.2.1").retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whatCouldNotBeDecidedDoesNotCount() {
        for (int i = 0; i < 150; i++) {
            settle(admit("alice", "192.0.2.1"), Verdict.UNDECIDED);
        }
        fail("alice", "192.0.2.1", 5);
    }

    @Test
    void successesNeverCount() {
        for (int i = 0; i < 150; i++) {
            settle(admit("alice", "192.0.2.1"), Verdict.SUCCEEDED);
        }
    }

    @Test
    void failuresAreForgottenAfterAQuietHour() {
        fail("alice", "192.0.2.1", 5);
        advance(Duration.ofHours(1).plusSeconds(1));
        fail("alice", "192.0.2.1", 5);
    }

    @Test
    void anotherUserAndAnotherNetworkAreNotConcerned() {
        fail("alice", "192.0.2.1", 5);
        admit("bob", "192.0.2.1");
        admit("alice", "192.0.2.2");
    }

    @Test
    void log06_spellingsOfANameAreOneUser() {
        List<String> spellings = List.of("alice", "ALICE", "Alice  ", "\u00a0alice\t", "\uff41lice");
        for (String spelling : spellings) {
            settle(admit(spelling, "192.0.2.1"), Verdict.FAILED);
        }
        assertThat(denial("aLiCe ", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
    }

    @Test
    void addressesOfOneIpv6NetworkAreOneNetwork() {
        for (int i = 0; i < 5; i++) {
            settle(admit("alice", "2001:db8:1:2::" + i), Verdict.FAILED);
        }
        assertThat(denial("alice", "2001:db8:1:2:ffff::1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
        admit("alice", "2001:db8:1:3::1");
    }

    @Test
    void aNetworkHas100FailuresAMinuteAndIsNeverBanned() {
        failAs("user", "192.0.2.1", 100);
        Denied denied = denial("someone", "192.0.2.1");
        assertThat(denied.rule()).isEqualTo(Rule.NETWORK);
        assertThat(denied.retryAfter()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(30));
        advance(denied.retryAfter());
        settle(admit("someone", "192.0.2.1"), Verdict.FAILED);
        advance(Duration.ofMinutes(1));
        failAs("later", "192.0.2.1", 100);
    }

    @Test
    void aUserHas50FailuresAnHourOverAllNetworksAndThenACheckEveryFiveSeconds() {
        fromManyNetworks("alice", 50);
        // One of the fifty has come back for every 72 s; nothing has yet.
        settle(admit("alice", "203.0.113.1"), Verdict.FAILED);
        Denied denied = denial("alice", "203.0.113.2");
        assertThat(denied.rule()).isEqualTo(Rule.USER);
        assertThat(denied.retryAfter()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(5));
        advance(Duration.ofSeconds(5));
        settle(admit("alice", "203.0.113.2"), Verdict.FAILED);
        assertThat(denial("alice", "203.0.113.3").rule()).isEqualTo(Rule.USER);
        admit("bob", "203.0.113.3");
    }

    @Test
    void aUserUnderAttackStillLogsInFromANetworkOfBefore() {
        settle(admit("alice", "192.0.2.7"), Verdict.SUCCEEDED);
        fromManyNetworks("alice", 51);
        assertThat(denial("alice", "203.0.113.2").rule()).isEqualTo(Rule.USER);
        settle(admit("alice", "192.0.2.7"), Verdict.FAILED);
        settle(admit("Alice", "192.0.2.7"), Verdict.SUCCEEDED);
    }

    @Test
    void aDenialByTheUsersLimitCostsTheNetworkNothing() {
        fromManyNetworks("alice", 51);
        for (int i = 0; i < 150; i++) {
            assertThat(denial("alice", "203.0.113.2").rule()).isEqualTo(Rule.USER);
        }
        failAs("user", "203.0.113.2", 100);
    }

    @Test
    void parallelGuessesCannotPassTheLimitTogether() {
        List<CompletableFuture<Admission>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(throttle().admit("alice", address("192.0.2.1")).toFuture());
        }
        List<Admitted> admitted = new ArrayList<>();
        org.awaitility.Awaitility.await()
                .until(() -> all.stream().filter(CompletableFuture::isDone).count() >= 5);
        for (CompletableFuture<Admission> one : all) {
            if (one.isDone() && one.join() instanceof Admitted ticket) {
                admitted.add(ticket);
            }
        }
        assertThat(admitted).hasSize(5);
        admitted.forEach(ticket -> settle(ticket, Verdict.FAILED));
        long denied = all.stream()
                .map(one -> one.orTimeout(20, TimeUnit.SECONDS).join())
                .filter(Denied.class::isInstance)
                .count();
        assertThat(denied).isEqualTo(35);
    }

    @Test
    void parallelLoginsWithTheRightPasswordAllPass() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(throttle()
                    .admit("alice", address("192.0.2.1"))
                    .flatMap(admission -> ((Admitted) admission)
                            .settlement()
                            .settle(Verdict.SUCCEEDED)
                            .delaySubscription(Duration.ofMillis(5)))
                    .toFuture());
        }
        all.forEach(one -> assertThat(one).succeedsWithin(SOON));
    }

    @Test
    void attemptsThatNobodySettlesLapseWithinAMinuteAndAreNoFailures() {
        for (int i = 0; i < 5; i++) {
            admit("alice", "192.0.2.1");
        }
        advance(Duration.ofSeconds(61));
        fail("alice", "192.0.2.1", 5);
    }

    @Test
    void attemptsThatNobodySettlesLapseHoweverBusyTheirUserIs() {
        for (int i = 0; i < 4; i++) {
            admit("alice", "192.0.2.1");
        }
        for (int i = 0; i < 7; i++) {
            advance(Duration.ofSeconds(10));
            settle(admit("alice", "192.0.2.1"), Verdict.SUCCEEDED);
        }
        for (int i = 0; i < 5; i++) {
            admit("alice", "192.0.2.1");
        }
    }

    final void fail(String username, String address, int times) {
        for (int i = 0; i < times; i++) {
            settle(admit(username, address), Verdict.FAILED);
        }
    }

    private void failAs(String prefix, String address, int times) {
        for (int i = 0; i < times; i++) {
            settle(admit(prefix + i, address), Verdict.FAILED);
        }
    }

    private void fromManyNetworks(String username, int times) {
        for (int i = 0; i < times; i++) {
            settle(admit(username, "198.51.100." + i), Verdict.FAILED);
        }
    }

    final Admitted admit(String username, String address) {
        Admission admission = ask(username, address);
        assertThat(admission).as("%s from %s", username, address).isInstanceOf(Admitted.class);
        return (Admitted) admission;
    }

    final Denied denial(String username, String address) {
        Admission admission = ask(username, address);
        assertThat(admission).as("%s from %s", username, address).isInstanceOf(Denied.class);
        return (Denied) admission;
    }

    private Admission ask(String username, String address) {
        return throttle()
                .admit(username, address(address))
                .timeout(SOON)
                .toFuture()
                .join();
    }

    static void settle(Admitted admitted, Verdict verdict) {
        admitted.settlement().settle(verdict).timeout(SOON).toFuture().join();
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
