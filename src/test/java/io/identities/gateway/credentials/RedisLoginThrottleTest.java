package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.credentials.LoginThrottle.Rule;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.TcpRelay;
import io.identities.gateway.token.SharedState;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Shared counters, and what happens without them. */
class RedisLoginThrottleTest extends LoginThrottleContract {

    private static final SharedState SHARED = new SharedState(true, "");

    private static RedisProcess redis;

    private final MutableClock clock = MutableClock.startingNow();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisLoginThrottle throttle;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        try (var connection = client.connect()) {
            connection.sync().flushall();
        } finally {
            client.shutdown();
        }
        throttle = replica(Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Override
    LoginThrottle throttle() {
        return throttle;
    }

    @Override
    void advance(Duration duration) {
        clock.advance(duration);
    }

    @Test
    void replicasCountTogether() {
        RedisLoginThrottle other = replica(Duration.ofSeconds(10));
        for (int i = 0; i < 5; i++) {
            LoginThrottle one = i % 2 == 0 ? throttle : other;
            settle(
                    (LoginThrottle.Admitted)
                            one.admit("alice", address("192.0.2.1")).toFuture().join(),
                    Verdict.FAILED);
        }
        assertThat(denial("alice", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
        assertThat(other.admit("alice", address("192.0.2.1")).toFuture().join())
                .isInstanceOf(LoginThrottle.Denied.class);
    }

    @Test
    void installationsWithNamespacesOfTheirOwnCountForThemselves() {
        RedisLoginThrottle blue = replica(Duration.ofSeconds(10), redis.port(), new SharedState(true, "blue"));
        fail("alice", "192.0.2.1", 5);

        assertThat(blue.admit("alice", address("192.0.2.1")).toFuture().join())
                .isInstanceOf(LoginThrottle.Admitted.class);
        assertThat(redis.ask("EXISTS blue:identities:throttle:bucket:NETWORK:c0000201"))
                .isEqualTo(":1");
    }

    @Test
    void theRightsThatTheReadmeAsksForAreEnough() {
        redis.allowWhatTheReadmeAsksFor();
        try (LogCapture log = LogCapture.of(RedisLoginThrottle.class)) {
            fail("alice", "192.0.2.1", 2);
            settle(admit("alice", "192.0.2.1"), Verdict.SUCCEEDED);
            settle(admit("alice", "192.0.2.1"), Verdict.UNDECIDED);
            fail("alice", "192.0.2.1", 5);
            assertThat(denial("alice", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);

            assertThat(log.warnings()).isEmpty();
            assertThat(redis.ask("ACL LOG")).isEqualTo("*0");
        } finally {
            redis.allowEverything();
        }
    }

    @Test
    void whatRedisSaysAgainstCountingIsInTheLog() {
        try (LogCapture log = LogCapture.of(RedisLoginThrottle.class)) {
            assertThat(redis.ask("ACL SETUSER default -eval")).isEqualTo("+OK");
            fail("alice", "192.0.2.1", 1);

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("Redis does not count logins", "NOPERM", "eval")
                    .doesNotContain("alice");
        } finally {
            redis.allowEverything();
            redis.ask("ACL LOG RESET");
        }
    }

    @Test
    void withoutRedisEachReplicaCountsItsOwnAndKnowsWhatItSaw() {
        throttle = replica(Duration.ofMillis(500));
        awaitShared();
        try (LogCapture log = LogCapture.of(RedisLoginThrottle.class)) {
            fail("alice", "192.0.2.1", 3);
            redis.stop();
            fail("alice", "192.0.2.1", 2);
            assertThat(denial("alice", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
            assertThat(log.warnings()).hasSize(1);
            redis.startAgain();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                clock.advance(Duration.ofSeconds(6));
                settle(admit("bob", "192.0.2.9"), Verdict.SUCCEEDED);
                return log.messages().stream().anyMatch(line -> line.contains("together again"));
            });
        }
    }

    @Test
    void aRedisThatHasBecomeAReplicaIsLeftForTheOneThatIsInItsPlaceNow() throws Exception {
        try (RedisProcess successor = RedisProcess.start();
                TcpRelay relay = new TcpRelay(redis.port())) {
            throttle = replica(Duration.ofSeconds(10), relay.port());
            awaitShared();
            relay.redirect(successor.port());
            assertThat(redis.ask("REPLICAOF 127.0.0.1 " + successor.port())).isEqualTo("+OK");

            fail("alice", "192.0.2.1", 1);
            awaitShared();

            assertThat(successor.keys()).isPositive();
        } finally {
            redis.ask("REPLICAOF NO ONE");
        }
    }

    @Test
    void aMasterAmongReplicasThatAreNamedOneByOneCountsToo() {
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(new RedisStaticMasterReplicaConfiguration("127.0.0.1", redis.port()));
        throttle = replica(Duration.ofSeconds(10), factory, true, SHARED);
        fail("alice", "192.0.2.1", 1);
        assertThat(redis.ask("EXISTS identities:throttle:bucket:NETWORK:c0000201"))
                .isEqualTo(":1");

        factory.resetConnection();
        awaitShared();
        fail("alice", "192.0.2.2", 1);
        assertThat(redis.ask("EXISTS identities:throttle:bucket:NETWORK:c0000202"))
                .isEqualTo(":1");
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyFromTheSharedCounters() {
        throttle = replica(Duration.ofMillis(500));
        awaitShared();
        redis.stop();
        fail("alice", "192.0.2.1", 1);
        redis.startAgain();
        clock.advance(Duration.ofDays(-1));

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            settle(admit("bob", "192.0.2.9"), Verdict.SUCCEEDED);
            return redis.keys() > 0;
        });
    }

    @Test
    void aRedisThatHangsHoldsNobodyUp() {
        throttle = replica(Duration.ofMillis(300));
        awaitShared();
        redis.pause();
        try {
            fail("alice", "192.0.2.1", 5);
            assertThat(denial("alice", "192.0.2.1").rule()).isEqualTo(Rule.USER_AND_NETWORK);
        } finally {
            redis.resume();
        }
    }

    @Test
    void whatASlowRedisCarriesOutTooLateIsTakenBack() {
        throttle = replica(Duration.ofMillis(200));
        awaitShared();
        assertThat(redis.ask("CLIENT PAUSE 30000 WRITE")).isEqualTo("+OK");
        List<LoginThrottle.Admitted> parallel = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(6));
            parallel.add(admit("alice", "192.0.2.1"));
        }
        parallel.forEach(one -> settle(one, Verdict.SUCCEEDED));
        assertThat(redis.ask("CLIENT UNPAUSE")).isEqualTo("+OK");

        await().untilAsserted(() -> assertThat(underWayOrFailed()).isEqualTo(":0"));
    }

    @Test
    void howAnAttemptEndedIsToldOnceRedisIsReached() {
        LettuceConnectionFactory factory = factory(redis.port());
        factory.afterPropertiesSet();
        factory.start();
        AtomicInteger opened = new AtomicInteger();
        RedisConnection late = new RedisConnection(
                () -> {
                    if (opened.getAndIncrement() == 0) {
                        throw new IllegalStateException("no Redis");
                    }
                    return factory;
                },
                false,
                RedisThrottleCounters.meter(clock));
        open.add(late);
        open.add(factory::destroy);
        RedisThrottleCounters counters = new RedisThrottleCounters(RULES, late, SHARED, clock, Duration.ofMillis(100));

        assertThat(counters.remember("alice", "network").toFuture()).failsWithin(Duration.ofSeconds(10));

        await().untilAsserted(() -> assertThat(redis.ask("EXISTS identities:throttle:known:alice:network"))
                .isEqualTo(":1"));
    }

    @Test
    void nothingOpensBeforeTheFirstLogin() {
        AtomicInteger opened = new AtomicInteger();
        RedisConnection idle = new RedisConnection(
                () -> {
                    opened.incrementAndGet();
                    throw new IllegalStateException("no Redis");
                },
                false,
                RedisThrottleCounters.meter(clock));
        RedisThrottleCounters counters = new RedisThrottleCounters(RULES, idle, SHARED, clock, Duration.ofSeconds(10));
        assertThat(opened).hasValue(0);

        assertThat(counters.isKnown("alice", "network").toFuture()).failsWithin(Duration.ofSeconds(10));
        assertThat(opened).hasValue(1);
        idle.close();
    }

    @Test
    void noNameStandsInRedis() {
        fail("alice-in-wonderland", "192.0.2.1", 1);
        settle(admit("alice-in-wonderland", "192.0.2.1"), Verdict.SUCCEEDED);
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + redis.port());
        try (var connection = client.connect()) {
            List<String> keys = connection.sync().keys("*");
            assertThat(keys).isNotEmpty().allMatch(key -> key.startsWith("identities:throttle:"));
            assertThat(keys).noneMatch(key -> key.contains("alice"));
            assertThat(keys).allMatch(key -> connection.sync().pttl(key) > 0);
        } finally {
            client.shutdown();
        }
    }

    /** How many back-offs are not clean. */
    private static String underWayOrFailed() {
        return redis.ask("EVAL \"return #redis.call('keys',ARGV[1])\" 0 identities:throttle:backoff:*");
    }

    /** Until the connection is there and counts. */
    private void awaitShared() {
        try (LogCapture log = LogCapture.of(RedisLoginThrottle.class)) {
            await().until(() -> {
                int before = log.warnings().size();
                clock.advance(Duration.ofSeconds(6));
                settle(admit("bob", "192.0.2.9"), Verdict.SUCCEEDED);
                return log.warnings().size() == before;
            });
        }
    }

    private RedisLoginThrottle replica(Duration timeout) {
        return replica(timeout, redis.port());
    }

    private RedisLoginThrottle replica(Duration timeout, int port) {
        return replica(timeout, port, SHARED);
    }

    private RedisLoginThrottle replica(Duration timeout, int port, SharedState place) {
        return replica(timeout, factory(port), false, place);
    }

    private static LettuceConnectionFactory factory(int port) {
        return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
    }

    private RedisLoginThrottle replica(
            Duration timeout, LettuceConnectionFactory factory, boolean ofFactory, SharedState place) {
        factory.afterPropertiesSet();
        factory.start();
        RedisConnection connection = new RedisConnection(() -> factory, ofFactory, RedisThrottleCounters.meter(clock));
        open.add(connection);
        open.add(factory::destroy);
        CountingLoginThrottle shared =
                new CountingLoginThrottle(RULES, new RedisThrottleCounters(RULES, connection, place, clock, timeout));
        CountingLoginThrottle own = new CountingLoginThrottle(
                RULES, new InMemoryThrottleCounters(RULES, 1000, () -> clock.millis() * 1_000_000L));
        return new RedisLoginThrottle(shared, own, clock);
    }
}
