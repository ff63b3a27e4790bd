package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.LoginThrottle.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InMemoryLoginThrottleTest extends LoginThrottleContract {

    private static final int MAX_ENTRIES = 100;

    private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
    private final InMemoryThrottleCounters counters = new InMemoryThrottleCounters(RULES, MAX_ENTRIES, nanos::get);
    private final CountingLoginThrottle throttle = new CountingLoginThrottle(RULES, counters);

    @Override
    LoginThrottle throttle() {
        return throttle;
    }

    @Override
    void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Test
    void memoryIsBoundedWhateverIsTried() {
        for (int i = 0; i < 5_000; i++) {
            settle(admit("user" + i, "10." + (i >> 8) + "." + (i & 255) + ".1"), Verdict.FAILED);
        }
        assertThat(counters.size()).isLessThanOrEqualTo(3 * MAX_ENTRIES);
        assertThat(throttle.underWay()).isZero();
    }

    @Test
    void whoWaitsForChecksThatNeverEndIsDeniedInTheEnd() {
        for (int i = 0; i < 5; i++) {
            admit("alice", "192.0.2.1");
        }
        assertThat(denial("alice", "192.0.2.1").retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }
}
