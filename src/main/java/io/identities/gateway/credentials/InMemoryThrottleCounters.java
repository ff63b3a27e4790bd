package io.identities.gateway.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.identities.gateway.credentials.LoginThrottle.Verdict;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Counters of this process. Bounded per kind; least recently used entries are evicted first. */
final class InMemoryThrottleCounters implements ThrottleCounters {

    private final ThrottleRules.UserAndNetwork userAndNetwork;
    private final BudgetRules rules;
    private final Ticker ticker;
    private final TimeMeter meter;
    private final Cache<String, Backoff> backoffs;
    private final Cache<String, Bucket> buckets;
    private final Cache<String, Boolean> known;

    /** @param maxEntries of each kind */
    InMemoryThrottleCounters(ThrottleRules rules, int maxEntries, Ticker ticker) {
        this.userAndNetwork = rules.userAndNetwork();
        this.rules = new BudgetRules(rules);
        this.ticker = ticker;
        this.meter = new TickerMeter(ticker);
        this.backoffs = cache(maxEntries, rules.userAndNetwork().forgetAfter());
        this.buckets = Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfterAccess(this.rules.longestPeriod())
                .build();
        this.known = cache(maxEntries, rules.user().rememberNetworks());
    }

    @Override
    public Mono<Backoff.Step> admit(String key) {
        return Mono.fromSupplier(() -> {
            Backoff.Step[] made = new Backoff.Step[1];
            replace(key, before -> {
                made[0] = before.admit(userAndNetwork, now());
                return made[0].next();
            });
            return made[0];
        });
    }

    @Override
    public Mono<Void> settle(String key, Verdict verdict) {
        return Mono.fromRunnable(() -> replace(key, before -> before.settle(userAndNetwork, verdict, now())));
    }

    @Override
    public Mono<Long> take(Budget budget, String key) {
        return Mono.fromSupplier(() -> {
            ConsumptionProbe probe = bucket(budget, key).tryConsumeAndReturnRemaining(1);
            return probe.isConsumed() ? 0L : Math.max(1, probe.getNanosToWaitForRefill());
        });
    }

    @Override
    public Mono<Void> giveBack(Budget budget, String key) {
        return Mono.fromRunnable(() -> bucket(budget, key).addTokens(1));
    }

    @Override
    public Mono<Boolean> isKnown(String user, String network) {
        return Mono.fromSupplier(() -> known.getIfPresent(user + '/' + network) != null);
    }

    @Override
    public Mono<Void> remember(String user, String network) {
        return Mono.fromRunnable(() -> known.put(user + '/' + network, true));
    }

    /** For tests: the number of entries of all kinds. */
    long size() {
        backoffs.cleanUp();
        buckets.cleanUp();
        known.cleanUp();
        return backoffs.estimatedSize() + buckets.estimatedSize() + known.estimatedSize();
    }

    private void replace(String key, UnaryOperator<Backoff> step) {
        backoffs.asMap().compute(key, (same, before) -> {
            Backoff next = step.apply(before == null ? Backoff.NONE : before);
            return next.isNone() ? null : next;
        });
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.read());
    }

    private Bucket bucket(Budget budget, String key) {
        return buckets.get(budget.name() + '/' + key, same -> newBucket(rules.of(budget)));
    }

    private Bucket newBucket(BucketConfiguration configuration) {
        var builder = Bucket.builder().withCustomTimePrecision(meter);
        for (var bandwidth : configuration.getBandwidths()) {
            builder.addLimit(bandwidth);
        }
        return builder.build();
    }

    private <V> Cache<String, V> cache(int maxEntries, Duration expiry) {
        return Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfterWrite(expiry)
                .build();
    }

    private record TickerMeter(Ticker ticker) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return ticker.read();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
