package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.LoginThrottle.Admission;
import io.identities.gateway.credentials.LoginThrottle.Admitted;
import io.identities.gateway.credentials.LoginThrottle.Denied;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Over counters that fail or are slow. */
class CountingLoginThrottleTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final FaultyCounters counters = new FaultyCounters();
    private final CountingLoginThrottle throttle = new CountingLoginThrottle(LoginThrottleContract.RULES, counters);

    @ParameterizedTest
    @EnumSource(ThrottleCounters.Budget.class)
    void anAttemptWhoseAdmissionFailsHalfWayLeavesNothingBehind(ThrottleCounters.Budget failing) {
        counters.usedUp = failing == ThrottleCounters.Budget.USER_TRICKLE ? "USER" : "";
        counters.failing = "take " + failing;

        StepVerifier.create(admit()).expectError(IllegalStateException.class).verify(SOON);

        assertThat(counters.held).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"settle", "giveBack NETWORK", "giveBack USER", "remember"})
    void aSettlementThatFailsInOnePartIsToldInTheOthers(String failing) {
        Admitted admitted = (Admitted) admit().toFuture().join();
        counters.failing = failing;

        StepVerifier.create(admitted.settlement().settle(Verdict.SUCCEEDED))
                .expectError(IllegalStateException.class)
                .verify(SOON);

        assertThat(counters.told).containsExactlyInAnyOrder("settle", "giveBack NETWORK", "giveBack USER", "remember");
    }

    @Test
    void slowCountersMakeNoAttemptLookAgainForLonger() {
        counters.busy = true;
        StepVerifier.withVirtualTime(this::admit)
                .expectSubscription()
                .thenAwait(Duration.ofMillis(5500))
                .assertNext(admission -> assertThat(admission).isInstanceOf(Denied.class))
                .expectComplete()
                .verify(SOON);
        assertThat(counters.looks).isBetween(15, 25);
    }

    private Mono<Admission> admit() {
        return throttle.admit("alice", InetAddress.getLoopbackAddress());
    }

    /** Counters that note what they are told, and fail at one thing. */
    private static final class FaultyCounters implements ThrottleCounters {

        private static final Duration ROUND_TRIP = Duration.ofMillis(40);

        private final List<String> held = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private String failing = "";
        private String usedUp = "";
        private boolean busy;
        private int looks;

        @Override
        public Mono<Backoff.Step> admit(String key) {
            if (busy) {
                looks++;
                Backoff.Step step = new Backoff.Step(Backoff.NONE, Backoff.Answer.BUSY, 0);
                return Mono.delay(ROUND_TRIP).thenReturn(step);
            }
            held.add("settle");
            return Mono.just(new Backoff.Step(Backoff.NONE, Backoff.Answer.ADMITTED, 0));
        }

        @Override
        public Mono<Void> settle(String key, Verdict verdict) {
            return told("settle");
        }

        @Override
        public Mono<Long> take(Budget budget, String key) {
            if (failing.equals("take " + budget)) {
                return Mono.error(new IllegalStateException(failing));
            }
            if (usedUp.equals(budget.name())) {
                return Mono.just(1L);
            }
            held.add("giveBack " + budget);
            return Mono.just(0L);
        }

        @Override
        public Mono<Void> giveBack(Budget budget, String key) {
            return told("giveBack " + budget);
        }

        @Override
        public Mono<Boolean> isKnown(String user, String network) {
            return Mono.just(false);
        }

        @Override
        public Mono<Void> remember(String user, String network) {
            return told("remember");
        }

        private Mono<Void> told(String what) {
            return Mono.defer(() -> {
                told.add(what);
                held.remove(what);
                return failing.equals(what) ? Mono.error(new IllegalStateException(what)) : Mono.empty();
            });
        }
    }
}
