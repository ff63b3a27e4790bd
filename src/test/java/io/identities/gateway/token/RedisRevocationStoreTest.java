package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.TcpRelay;
import io.identities.gateway.token.RevocationStore.RevocationUnconfirmedException;
import io.identities.gateway.token.RevocationStore.Verdict;
import io.lettuce.core.ClientOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.ReactiveRedisClusterConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Against a real server. */
class RedisRevocationStoreTest extends RevocationStoreContract {

    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration QUICK = Duration.ofMillis(400);
    private static final SharedState SHARED = new SharedState(true, "");

    private static RedisProcess redis;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final AtomicInteger reconnects = new AtomicInteger();
    private @Nullable RedisRevocationStore store;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.resume();
        redis.stop();
        redis.startAgain();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : closeables) {
            closeable.close();
        }
    }

    @Override
    RevocationStore store() {
        if (store == null) {
            store = ready(replica(false));
        }
        return store;
    }

    @Test
    void aReplicaThatHasNeverReadKnowsNothingInEitherMode() {
        redis.stop();
        for (boolean refuse : List.of(true, false)) {
            RedisRevocationStore replica = replica(refuse);
            await().untilAsserted(() -> assertThat(replica.status().connected()).isFalse());

            assertThat(replica.status().ready()).isFalse();
            assertThat(replica.verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.UNKNOWN);
        }
        redis.startAgain();
    }

    @Test
    void whatOneReplicaRevokesEveryOtherLearnsAndTellsItsListeners() {
        RedisRevocationStore one = ready(replica(false));
        RedisRevocationStore other = ready(replica(false));
        List<Revocation> heard = new CopyOnWriteArrayList<>();
        other.onRevocation(heard::add);
        List<Revocation> all = List.of(
                new Revocation.OfSession("s:1", inAnHour()),
                new Revocation.OfToken("kc:t1", inAnHour()),
                new Revocation.OfUser("b:o\u00e9\n\"b", clock.instant(), inAnHour()));

        all.forEach(revocation -> confirmed(one, revocation));

        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(all));
        assertThat(other.verdict(token("alice", "s:1", "t2"))).isEqualTo(Verdict.REVOKED);
        assertThat(other.verdict(token("alice", "s2", "kc:t1"))).isEqualTo(Verdict.REVOKED);
        assertThat(other.verdict(token("b:o\u00e9\n\"b", "s3", "t3"))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void theRightsThatTheReadmeAsksForAreEnough() {
        redis.allowWhatTheReadmeAsksFor();
        RedisRevocationStore one = ready(replica(false));
        RedisRevocationStore other = ready(replica(false));
        confirmed(one, new Revocation.OfSession("over", clock.instant().minusSeconds(120)));
        confirmed(one, new Revocation.OfSession("s1", inAnHour()));

        await().untilAsserted(() ->
                assertThat(other.verdict(token("alice", "s1", "t1"))).isEqualTo(Verdict.REVOKED));
        assertThat(redis.ask("ACL LOG")).isEqualTo("*0");
    }

    @Test
    void aHundredRevocationsInARowReachTheOtherReplicaEach() {
        RedisRevocationStore one = ready(replica(false));
        RedisRevocationStore other = ready(replica(false));
        for (int i = 0; i < 100; i++) {
            String sid = "s" + i;
            confirmed(one, new Revocation.OfSession(sid, inAnHour()));
            await().pollInterval(Duration.ofMillis(2))
                    .untilAsserted(() ->
                            assertThat(other.verdict(token("alice", sid, "t"))).isEqualTo(Verdict.REVOKED));
        }
    }

    @Test
    void aReplicaThatStartsReadsEverythingPageByPageBeforeItIsReady() {
        List<Revocation> many = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            many.add(new Revocation.OfSession("s" + i, inAnHour()));
        }
        StepVerifier.create(new RevocationJournal(template(), SHARED, Duration.ofSeconds(5)).write(many))
                .expectComplete()
                .verify(Duration.ofSeconds(30));

        RedisRevocationStore restarted = ready(replica(false, redis.port(), Duration.ofSeconds(5)));

        assertThat(restarted.status().sessions()).isEqualTo(2500);
        assertThat(restarted.verdict(token("alice", "s2499", "t"))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void anEmptiedStoreIsFilledAgainByWhoeverKnows() {
        RedisRevocationStore knowing = ready(replica(false));
        confirmed(knowing, new Revocation.OfSession("s1", inAnHour()));
        redis.stop();
        redis.startAgain();
        await().untilAsserted(() -> assertThat(knowing.status().connected()).isTrue());

        RedisRevocationStore fresh = ready(replica(false));

        await().untilAsserted(() ->
                assertThat(fresh.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
        assertThat(knowing.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void aStoreThatWasFlushedWithoutARestartIsFilledAgainToo() {
        RedisRevocationStore knowing = ready(replica(false));
        confirmed(knowing, new Revocation.OfSession("s1", inAnHour()));
        RedisScript<String> flush = RedisScript.of("redis.call('FLUSHALL') return 'OK'", String.class);
        StepVerifier.create(template().execute(flush))
                .expectNext("OK")
                .expectComplete()
                .verify(Duration.ofSeconds(5));

        RedisRevocationStore fresh = ready(replica(false));

        await().untilAsserted(() ->
                assertThat(fresh.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void unreachableMeansTheLastKnownStateOrNoneAsTheOperatorWants() {
        RedisRevocationStore serving = ready(replica(false));
        RedisRevocationStore refusing = ready(replica(true));
        confirmed(serving, new Revocation.OfSession("s1", inAnHour()));
        await().untilAsserted(() ->
                assertThat(refusing.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));

        redis.stop();
        await().untilAsserted(() -> assertThat(serving.status().connected()).isFalse());
        await().untilAsserted(() -> assertThat(refusing.status().connected()).isFalse());
        clock.advance(Duration.ofSeconds(3));
        assertThat(serving.lag()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));

        assertThat(serving.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);
        assertThat(serving.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.GOOD);
        assertThat(refusing.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);
        assertThat(refusing.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.UNKNOWN);
        assertThat(serving.status().ready()).isTrue();
        assertThat(refusing.status().ready()).isTrue();

        redis.startAgain();
        await().untilAsserted(() ->
                assertThat(refusing.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.GOOD));
        await().untilAsserted(() -> assertThat(serving.lag()).isZero());
    }

    @Test
    void aRevocationThatRedisDoesNotConfirmHoldsHereAndIsSentAgain() {
        RedisRevocationStore one = ready(replica(false));
        RedisRevocationStore other = ready(replica(false));
        redis.stop();

        StepVerifier.create(one.revoke(new Revocation.OfSession("s1", inAnHour())))
                .expectError(RevocationUnconfirmedException.class)
                .verify(Duration.ofSeconds(10));
        assertThat(one.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);
        assertThat(other.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.GOOD);

        redis.startAgain();
        await().untilAsserted(() ->
                assertThat(other.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void aServerThatIsStoppedInTheMiddleIsNoticedGivenUpAndFoundAgain() {
        RedisRevocationStore one = ready(replica(false));
        RedisRevocationStore other = ready(replica(false));

        redis.pause();
        StepVerifier.create(one.revoke(new Revocation.OfSession("s1", inAnHour())))
                .expectError(RevocationUnconfirmedException.class)
                .verify(Duration.ofSeconds(10));
        await().untilAsserted(() -> assertThat(one.status().connected()).isFalse());
        await().untilAsserted(() -> assertThat(reconnects).hasPositiveValue());
        assertThat(one.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);

        redis.resume();
        await().untilAsserted(() -> assertThat(one.status().connected()).isTrue());
        await().untilAsserted(() ->
                assertThat(other.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void afterAnOutageTheWholeJournalIsReadAgain() throws Exception {
        try (TcpRelay relay = new TcpRelay(redis.port())) {
            RedisRevocationStore cutOff = ready(replica(false, relay.port(), QUICK));
            readSomething(cutOff);
            relay.cut();
            await().untilAsserted(() -> assertThat(cutOff.status().connected()).isFalse());
            putUnderANumberThatWasReadBefore("s2");

            relay.mend();

            await().untilAsserted(() ->
                    assertThat(cutOff.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.REVOKED));
        }
    }

    @Test
    void nowAndThenTheWholeJournalIsReadAgainWithoutAnOutage() {
        RedisRevocationStore replica = ready(replica(false));
        readSomething(replica);
        putUnderANumberThatWasReadBefore("s2");

        clock.advance(Duration.ofMinutes(10));

        await().untilAsserted(() ->
                assertThat(replica.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void aClockThatJumpsAheadAndBackBringsNothingRevokedBack() {
        RedisRevocationStore replica = ready(replica(false));
        confirmed(replica, new Revocation.OfSession("s1", inAnHour()));
        clock.advance(Duration.ofDays(1));
        await().untilAsserted(() -> assertThat(replica.status().sessions()).isZero());

        clock.advance(Duration.ofDays(-1));

        await().untilAsserted(() ->
                assertThat(replica.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void aServerThatIsFullCanBeReadAndIsSentAgainWhatItDidNotTake() {
        RedisRevocationStore refusing = ready(replica(true));
        RedisRevocationStore other = ready(replica(false));
        confirmed(other, new Revocation.OfSession("s1", inAnHour()));
        assertThat(redis.ask("CONFIG SET maxmemory 1")).isEqualTo("+OK");

        StepVerifier.create(refusing.revoke(new Revocation.OfSession("s2", inAnHour())))
                .expectError(RevocationUnconfirmedException.class)
                .verify(Duration.ofSeconds(10));
        await().untilAsserted(() -> assertThat(reconnects).hasPositiveValue());
        assertThat(refusing.verdict(token("alice", "s3", "t"))).isEqualTo(Verdict.GOOD);
        assertThat(refusing.status().connected()).isTrue();
        RedisRevocationStore fresh = ready(replica(true));
        assertThat(fresh.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED);

        assertThat(redis.ask("CONFIG SET maxmemory 0")).isEqualTo("+OK");
        await().untilAsserted(() ->
                assertThat(fresh.verdict(token("alice", "s2", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @Test
    void aServerThatHasBecomeAReplicaIsLeftForTheOneThatIsInItsPlaceNow() throws Exception {
        try (RedisProcess successor = RedisProcess.start();
                TcpRelay relay = new TcpRelay(redis.port())) {
            RedisRevocationStore replica = ready(replica(false, relay.port(), QUICK));
            relay.redirect(successor.port());
            assertThat(redis.ask("REPLICAOF 127.0.0.1 " + successor.port())).isEqualTo("+OK");

            await().untilAsserted(() -> confirmed(replica, new Revocation.OfSession("s1", inAnHour())));

            await().untilAsserted(() -> assertThat(replica.status().connected()).isTrue());
            await().untilAsserted(() -> assertThat(successor.ask("ZCARD {identities-revocations}:order"))
                    .isEqualTo(":1"));
        }
    }

    @Test
    void whoeverAsksWithoutAConnectionIsNotHeldUpByConnecting() {
        List<Thread> connecting = new CopyOnWriteArrayList<>();
        ReactiveRedisConnectionFactory outOfReach = new ReactiveRedisConnectionFactory() {
            @Override
            public ReactiveRedisConnection getReactiveConnection() {
                connecting.add(Thread.currentThread());
                throw new RedisConnectionFailureException("out of reach");
            }

            @Override
            public ReactiveRedisClusterConnection getReactiveClusterConnection() {
                throw new UnsupportedOperationException();
            }

            @Override
            public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException e) {
                return null;
            }
        };
        RevocationJournal journal = new RevocationJournal(new ReactiveStringRedisTemplate(outOfReach), SHARED, QUICK);

        StepVerifier.create(journal.write(List.of(new Revocation.OfSession("s1", inAnHour()))))
                .expectError(RedisConnectionFailureException.class)
                .verify(Duration.ofSeconds(10));
        StepVerifier.create(journal.read(0))
                .expectError(RedisConnectionFailureException.class)
                .verify(Duration.ofSeconds(10));

        assertThat(connecting).hasSize(2).doesNotContain(Thread.currentThread());
    }

    @Test
    void connectionThatNeverComesIsGivenUpAndTriedAnew() {
        AtomicInteger tries = new AtomicInteger();
        ReactiveRedisConnectionFactory silent = new ReactiveRedisConnectionFactory() {
            @Override
            public ReactiveRedisConnection getReactiveConnection() {
                tries.incrementAndGet();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new RedisConnectionFailureException("given up");
            }

            @Override
            public ReactiveRedisClusterConnection getReactiveClusterConnection() {
                throw new UnsupportedOperationException();
            }

            @Override
            public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException e) {
                return null;
            }
        };

        replica(new ReactiveStringRedisTemplate(silent), Duration.ofMillis(10), false, () -> {});

        await().untilAsserted(() -> assertThat(tries).hasValueGreaterThan(2));
    }

    @Test
    void resetThatNeverEndsIsGivenUp() {
        CountDownLatch end = new CountDownLatch(1);
        RedisReconnection hanging = new RedisReconnection(
                () -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                Duration.ofMillis(10));

        StepVerifier.create(Flux.range(0, 5)
                        .concatMap(i -> hanging.notTaken(new IllegalStateException("full")))
                        .then())
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        end.countDown();
    }

    @Test
    void numbersGoOnAfterTheHighestWhereTheSequenceIsLostBeforeAWrite() {
        RevocationJournal journal = new RevocationJournal(template(), SHARED, Duration.ofSeconds(5));
        Revocation third = new Revocation.OfSession("s3", inAnHour());
        write(journal, new Revocation.OfSession("s1", inAnHour()), new Revocation.OfSession("s2", inAnHour()));
        assertThat(redis.ask("DEL {identities-revocations}:sequence")).isEqualTo(":1");

        write(journal, third);

        RevocationJournal.Page page = journal.read(2).toFuture().join();
        assertThat(page.entries()).containsExactly(third);
        assertThat(page.sequence()).isEqualTo(page.last()).isEqualTo(3);
        assertThat(redis.ask("DEL {identities-revocations}:sequence")).isEqualTo(":1");
        redis.ask("SET {identities-revocations}:sequence 1");
        assertThat(journal.read(3).toFuture().join().sequence())
                .as("numbers that have not fallen")
                .isEqualTo(3);
    }

    private static void write(RevocationJournal journal, Revocation... revocations) {
        StepVerifier.create(journal.write(List.of(revocations)))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void aRevocationWhoseCallerLeavesReachesTheOthersAllTheSame() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        AtomicBoolean hold = new AtomicBoolean();
        ReactiveStringRedisTemplate slow = new ReactiveStringRedisTemplate(factory(redis.port())) {
            @Override
            public <T> Flux<T> execute(RedisScript<T> script, List<String> keys, List<?> arguments) {
                Flux<T> result = super.execute(script, keys, arguments);
                return hold.get() ? Mono.fromFuture(left, true).thenMany(result) : result;
            }
        };
        RedisRevocationStore one = ready(replica(slow, Duration.ofSeconds(10), false, () -> {}));
        RedisRevocationStore other = ready(replica(false));

        hold.set(true);
        one.revoke(new Revocation.OfSession("s1", inAnHour())).subscribe().dispose();
        left.complete(null);

        await().untilAsserted(() ->
                assertThat(other.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoch", "sequence", "order", "until"})
    void whatRedisEvictsComesBack(String key) {
        RedisRevocationStore knowing = ready(replica(false));
        confirmed(knowing, new Revocation.OfSession("s1", inAnHour()));
        confirmed(knowing, new Revocation.OfSession("s2", inAnHour()));
        assertThat(redis.ask("DEL {identities-revocations}:" + key)).isEqualTo(":1");

        clock.advance(Duration.ofMinutes(10));
        await().untilAsserted(() ->
                assertThat(redis.ask("EXISTS {identities-revocations}:" + key)).isEqualTo(":1"));

        assertThat(redis.ask("ZCARD {identities-revocations}:order")).isEqualTo(":2");
        RedisRevocationStore fresh = ready(replica(false));
        confirmed(fresh, new Revocation.OfSession("s3", inAnHour()));
        for (String sid : List.of("s1", "s2", "s3")) {
            await().untilAsserted(() ->
                    assertThat(knowing.verdict(token("alice", sid, "t"))).isEqualTo(Verdict.REVOKED));
            assertThat(fresh.verdict(token("alice", sid, "t"))).as(sid).isEqualTo(Verdict.REVOKED);
        }
    }

    @Test
    void whatALaterRevocationCoversLeavesRedis() {
        RedisRevocationStore one = ready(replica(false));
        Instant moment = clock.instant();
        for (int i = 0; i < 3; i++) {
            confirmed(
                    one,
                    new Revocation.OfUser(
                            "alice", moment.plusSeconds(i), inAnHour().plusSeconds(i)));
            confirmed(one, new Revocation.OfSession("s0", inAnHour().plusSeconds(i)));
            confirmed(one, new Revocation.OfToken("t0", inAnHour().plusSeconds(i)));
        }
        confirmed(one, new Revocation.OfSession("s0", inAnHour().minusSeconds(60)));

        assertThat(redis.ask("ZCARD {identities-revocations}:order")).isEqualTo(":3");
        assertThat(redis.ask("ZCARD {identities-revocations}:until")).isEqualTo(":3");
        RedisRevocationStore fresh = ready(replica(false));
        assertThat(fresh.verdict(TokenFixtures.accessToken("alice", true, "t", "s", moment.plusSeconds(2), moment)))
                .isEqualTo(Verdict.REVOKED);
        clock.advance(Duration.ofHours(1));
        assertThat(fresh.verdict(token("bob", "s0", "t1"))).isEqualTo(Verdict.REVOKED);
        assertThat(fresh.verdict(token("bob", "s1", "t0"))).isEqualTo(Verdict.REVOKED);
    }

    @Test
    void sessionThatRenewsOverAndOverKeepsFewWatermarksInRedis() {
        RedisRevocationStore one = ready(replica(false));
        AccessToken first = issued("s1", clock.instant().minusSeconds(1));
        for (int i = 0; i < 20; i++) {
            Instant now = clock.instant();
            confirmed(one, new Revocation.Superseded("s1", now, now.plusSeconds(30), now.plusSeconds(3600)));
            clock.advance(Duration.ofMinutes(1));
        }

        assertThat(redis.ask("ZCARD {identities-revocations}:order")).isEqualTo(":2");
        RedisRevocationStore fresh = ready(replica(false));
        assertThat(fresh.verdict(first)).isEqualTo(Verdict.SUPERSEDED);
        assertThat(fresh.verdict(issued("s1", clock.instant().minusSeconds(61))))
                .isEqualTo(Verdict.SUPERSEDED);
        assertThat(fresh.verdict(issued("s1", clock.instant().minusSeconds(60))))
                .isEqualTo(Verdict.GOOD);
    }

    @Test
    void whatIsOverLeavesRedisWithTheNextEntry() {
        RedisRevocationStore one = ready(replica(false));
        confirmed(one, new Revocation.OfSession("s1", inAnHour()));
        RedisScript<String> age = RedisScript.of(
                "redis.call('ZADD', '{identities-revocations}:until', 1,"
                        + " redis.call('ZRANGE', '{identities-revocations}:until', 0, 0)[1]) return 'OK'",
                String.class);
        StepVerifier.create(template().execute(age))
                .expectNext("OK")
                .expectComplete()
                .verify(Duration.ofSeconds(5));

        confirmed(one, new Revocation.OfSession("s2", inAnHour()));

        RedisScript<Long> count =
                RedisScript.of("return redis.call('ZCARD', '{identities-revocations}:order')", Long.class);
        StepVerifier.create(template().execute(count))
                .expectNext(1L)
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void installationsWithNamespacesOfTheirOwnShareNothing() {
        RevocationJournal blue =
                new RevocationJournal(template(), new SharedState(true, "blue"), Duration.ofSeconds(5));
        RevocationJournal bare = new RevocationJournal(template(), SHARED, Duration.ofSeconds(5));
        Revocation revocation = new Revocation.OfUser("alice", clock.instant(), inAnHour());

        StepVerifier.create(blue.write(List.of(revocation))).expectComplete().verify(Duration.ofSeconds(5));

        assertThat(entries(bare)).isEmpty();
        assertThat(entries(blue)).containsExactly(revocation);
        assertThat(redis.ask("ZCARD blue:{identities-revocations}:order")).isEqualTo(":1");
    }

    private static List<Revocation> entries(RevocationJournal journal) {
        return journal.read(0).toFuture().join().entries();
    }

    @Test
    void linesOfAnotherVersionAreReadOver() {
        for (String line : List.of("", "s", "s:", "s:x:y", "z:1:2", "u:1:name", "r:1:2:3", "u:1:x:name")) {
            assertThat(RevocationText.read(line)).as(line).isNull();
        }
        Revocation mark = new Revocation.Superseded("s:1", clock.instant(), clock.instant(), inAnHour());
        assertThat(RevocationText.read(RevocationText.write(mark))).isEqualTo(mark);
    }

    private static RedisRevocationStore ready(RedisRevocationStore replica) {
        await().untilAsserted(() -> assertThat(replica.status().ready()).isTrue());
        return replica;
    }

    private void confirmed(RevocationStore replica, Revocation revocation) {
        StepVerifier.create(replica.revoke(revocation)).expectComplete().verify(Duration.ofSeconds(10));
    }

    private RedisRevocationStore replica(boolean refuse) {
        return replica(refuse, redis.port(), QUICK);
    }

    private RedisRevocationStore replica(boolean refuse, int port, Duration answer) {
        LettuceConnectionFactory factory = factory(port);
        return replica(new ReactiveStringRedisTemplate(factory), answer, refuse, factory::resetConnection);
    }

    private RedisRevocationStore replica(
            ReactiveStringRedisTemplate template, Duration answer, boolean refuse, Runnable reconnect) {
        RedisRevocationStore replica = new RedisRevocationStore(
                new RevocationJournal(template, SHARED, answer),
                new RedisReconnection(
                        () -> {
                            reconnects.incrementAndGet();
                            reconnect.run();
                        },
                        Duration.ofSeconds(10)),
                refuse,
                OFTEN,
                clock);
        replica.start();
        assertThat(replica.isRunning()).isTrue();
        closeables.add(0, replica::stop);
        return replica;
    }

    private void readSomething(RedisRevocationStore reader) {
        confirmed(ready(replica(false)), new Revocation.OfSession("s1", inAnHour()));
        await().untilAsserted(() ->
                assertThat(reader.verdict(token("alice", "s1", "t"))).isEqualTo(Verdict.REVOKED));
    }

    /** As a failover does that loses entries whose numbers are given away again. */
    private void putUnderANumberThatWasReadBefore(String sid) {
        RedisScript<String> put = RedisScript.of(
                "redis.call('ZADD', '{identities-revocations}:order', 1, ARGV[1]) return 'OK'", String.class);
        StepVerifier.create(template()
                        .execute(
                                put,
                                List.of(),
                                List.of(RevocationText.write(new Revocation.OfSession(sid, inAnHour())))))
                .expectNext("OK")
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    private ReactiveStringRedisTemplate template() {
        return new ReactiveStringRedisTemplate(factory(redis.port()));
    }

    private LettuceConnectionFactory factory(int port) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration("127.0.0.1", port),
                LettuceClientConfiguration.builder()
                        .clientOptions(ClientOptions.builder()
                                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                                .build())
                        .commandTimeout(Duration.ofSeconds(2))
                        .shutdownTimeout(Duration.ZERO)
                        .shutdownQuietPeriod(Duration.ZERO)
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        closeables.add(factory::destroy);
        return factory;
    }
}
