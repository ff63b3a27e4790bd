package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.identities.gateway.token.SharedState;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Counters that all replicas share. They go by the replicas' own clocks, which tokens need to agree as well. Every
 * operation that does not end in time is an error.
 */
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
    private final RedisConnection redis;
    private final String prefix;
    private final Clock clock;
    private final Duration timeout;

    /**
     * @param place what stands before the names of its keys
     * @param timeout longest wait for one operation, connecting included
     */
    RedisThrottleCounters(
            ThrottleRules rules, RedisConnection redis, SharedState place, Clock clock, Duration timeout) {
        this.rules = rules;
        this.budgets = new BudgetRules(rules);
        this.redis = redis;
        this.prefix = place.key(PREFIX);
        this.clock = clock;
        this.timeout = timeout;
    }

    /** The clock that buckets in Redis go by. */
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
    public long now() {
        return clock.millis();
    }

    @Override
    public Mono<Backoff.Step> update(String key, Function<Backoff, Backoff.Step> step) {
        byte[] name = name("backoff", key);
        return ask(open -> Mono.defer(() -> updateOnce(open, name, step)).repeatWhenEmpty(TRIES, tries -> tries));
    }

    @Override
    public Mono<Long> take(Budget budget, String key) {
        return bucket(budget, key, AsyncBucketProxy::tryConsumeAndReturnRemaining)
                .map(probe -> probe.isConsumed() ? 0L : Math.max(1, probe.getNanosToWaitForRefill()));
    }

    @Override
    public Mono<Void> giveBack(Budget budget, String key) {
        return bucket(budget, key, AsyncBucketProxy::addTokens);
    }

    @Override
    public Mono<Boolean> isKnown(String user, String network) {
        return ask(open -> Mono.fromCompletionStage(() -> open.commands().exists(name("known", user, network))))
                .map(count -> count > 0);
    }

    @Override
    public Mono<Void> remember(String user, String network) {
        SetArgs expiry = SetArgs.Builder.px(rules.user().rememberNetworks().toMillis());
        return ask(open -> Mono.fromCompletionStage(
                        () -> open.commands().set(name("known", user, network), new byte[] {'1'}, expiry)))
                .then();
    }

    /** Empty when somebody else was faster. */
    private Mono<Backoff.Step> updateOnce(
            RedisConnection.Open open, byte[] name, Function<Backoff, Backoff.Step> step) {
        return Mono.fromCompletionStage(() -> open.commands().get(name))
                .defaultIfEmpty(new byte[0])
                .flatMap(before -> {
                    Backoff read = Backoff.parse(new String(before, US_ASCII));
                    Backoff.Step made = step.apply(read);
                    return made.next().equals(read)
                            ? Mono.just(made)
                            : compareAndSet(open, name, before, made.next())
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

    private <T> Mono<T> bucket(Budget budget, String key, BucketOperation<CompletableFuture<T>> operation) {
        return ask(open -> Mono.fromCompletionStage(() -> operation.apply(
                open.buckets()
                        .getProxy(
                                name("bucket", budget.name(), key),
                                () -> CompletableFuture.completedFuture(budgets.of(budget))),
                1)));
    }

    private <T> Mono<T> ask(Function<RedisConnection.Open, Mono<T>> question) {
        return redis.open()
                .flatMap(open ->
                        question.apply(open).doOnError(RedisReadOnlyException.class, isReplica -> redis.leave(open)))
                .timeout(timeout);
    }

    private byte[] name(String... parts) {
        return (prefix + ':' + String.join(":", parts)).getBytes(US_ASCII);
    }

    /** An operation of a bucket on a number of tokens. */
    @FunctionalInterface
    private interface BucketOperation<R> {
        R apply(AsyncBucketProxy bucket, long tokens);
    }
}
