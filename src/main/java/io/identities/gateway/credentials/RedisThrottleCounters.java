package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import io.identities.gateway.token.SharedState;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Counters that all replicas share. They use the replicas' own clocks, whose agreement tokens depend on as well. */
final class RedisThrottleCounters implements ThrottleCounters {

    private static final String PREFIX = "identities:throttle";
    private static final int TRIES = 200;

    /** Sets or deletes a key if it still has the value that was read; an absent one reads as empty. */
    private static final String COMPARE_AND_SET = """
            if (redis.call('get', KEYS[1]) or '') ~= ARGV[1] then return 0 end
            if ARGV[2] == '' then redis.call('del', KEYS[1])
            else redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
            return 1
            """;

    private final ThrottleRules rules;
    private final BudgetRules budgets;
    private final RedisCalls redis;
    private final String prefix;
    private final Clock clock;

    /**
     * @param place prefix of the key names
     * @param timeout longest wait for one operation, including connecting
     */
    RedisThrottleCounters(
            ThrottleRules rules, RedisConnection redis, SharedState place, Clock clock, Duration timeout) {
        this.rules = rules;
        this.budgets = new BudgetRules(rules);
        this.redis = new RedisCalls(redis, timeout);
        this.prefix = place.key(PREFIX);
        this.clock = clock;
    }

    /** The clock of the buckets in Redis. */
    static TimeMeter meter(Clock clock) {
        return new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return TimeUnit.MILLISECONDS.toNanos(clock.millis());
            }

            @Override
            public boolean isWallClockBased() {
                return true;
            }
        };
    }

    @Override
    public Mono<Backoff.Step> admit(String key) {
        return redis.ask(
                open -> replace(
                        open, key, before -> before.admit(rules.userAndNetwork(), clock.millis()), Backoff.Step::next),
                late -> late.answer() == Backoff.Answer.ADMITTED ? settle(key, Verdict.UNDECIDED) : Mono.empty());
    }

    @Override
    public Mono<Void> settle(String key, Verdict verdict) {
        return redis.tell(open -> replace(
                open,
                key,
                before -> before.settle(rules.userAndNetwork(), verdict, clock.millis()),
                Function.identity()));
    }

    @Override
    public Mono<Long> take(Budget budget, String key) {
        return redis.ask(
                        open -> bucket(open, budget, key, AsyncBucketProxy::tryConsumeAndReturnRemaining),
                        late -> late.isConsumed() ? giveBack(budget, key) : Mono.empty())
                .map(probe -> probe.isConsumed() ? 0L : Math.max(1, probe.getNanosToWaitForRefill()));
    }

    @Override
    public Mono<Void> giveBack(Budget budget, String key) {
        return redis.tell(open -> bucket(open, budget, key, AsyncBucketProxy::addTokens));
    }

    @Override
    public Mono<Boolean> isKnown(String user, String network) {
        return redis.ask(
                        open -> Mono.fromCompletionStage(() -> open.commands().exists(name("known", user, network))),
                        late -> Mono.empty())
                .map(count -> count > 0);
    }

    @Override
    public Mono<Void> remember(String user, String network) {
        SetArgs expiry = SetArgs.Builder.px(rules.user().rememberNetworks().toMillis());
        return redis.tell(open -> Mono.fromCompletionStage(
                () -> open.commands().set(name("known", user, network), new byte[] {'1'}, expiry)));
    }

    /** @param next what the back-off becomes by a step */
    private <T> Mono<T> replace(
            RedisConnection.Open open, String key, Function<Backoff, T> step, Function<T, Backoff> next) {
        byte[] name = name("backoff", key);
        return Mono.defer(() -> replaceOnce(open, name, step, next)).repeatWhenEmpty(TRIES, tries -> tries);
    }

    /** Empty if another client has changed the key in the meantime. */
    private <T> Mono<T> replaceOnce(
            RedisConnection.Open open, byte[] name, Function<Backoff, T> step, Function<T, Backoff> next) {
        return Mono.fromCompletionStage(() -> open.commands().get(name))
                .defaultIfEmpty(new byte[0])
                .flatMap(before -> {
                    Backoff read = Backoff.parse(new String(before, US_ASCII));
                    T made = step.apply(read);
                    Backoff then = next.apply(made);
                    return then.equals(read)
                            ? Mono.just(made)
                            : compareAndSet(open, name, before, then)
                                    .filter(done -> done)
                                    .map(done -> made);
                });
    }

    private Mono<Boolean> compareAndSet(RedisConnection.Open open, byte[] name, byte[] before, Backoff next) {
        byte[] expiry =
                Long.toString(rules.userAndNetwork().forgetAfter().toMillis()).getBytes(US_ASCII);
        return Mono.fromCompletionStage(() -> open.commands()
                        .<Long>eval(
                                COMPARE_AND_SET,
                                ScriptOutputType.INTEGER,
                                new byte[][] {name},
                                before,
                                next.print().getBytes(US_ASCII),
                                expiry))
                .map(done -> done == 1);
    }

    private <T> Mono<T> bucket(
            RedisConnection.Open open, Budget budget, String key, BucketOperation<CompletableFuture<T>> operation) {
        return Mono.fromCompletionStage(() -> operation.apply(
                open.buckets()
                        .getProxy(
                                name("bucket", budget.name(), key),
                                () -> CompletableFuture.completedFuture(budgets.of(budget))),
                1));
    }

    private byte[] name(String... parts) {
        return (prefix + ':' + String.join(":", parts)).getBytes(US_ASCII);
    }

    /** A bucket operation on a number of tokens. */
    @FunctionalInterface
    private interface BucketOperation<R> {
        R apply(AsyncBucketProxy bucket, long tokens);
    }
}
