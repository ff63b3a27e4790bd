package io.identities.gateway.credentials;

import io.github.bucket4j.BucketConfiguration;
import io.identities.gateway.credentials.ThrottleCounters.Budget;
import java.time.Duration;

/** The rules as token buckets with greedy refill. */
final class BudgetRules {

    private final BucketConfiguration network;
    private final BucketConfiguration user;
    private final BucketConfiguration trickle;
    private final Duration longestPeriod;

    BudgetRules(ThrottleRules rules) {
        network = bucket(rules.network().failures(), rules.network().per());
        user = bucket(rules.user().failures(), rules.user().per());
        trickle = bucket(1, rules.user().checkEvery());
        Duration per = rules.network().per();
        longestPeriod =
                per.compareTo(rules.user().per()) > 0 ? per : rules.user().per();
    }

    BucketConfiguration of(Budget budget) {
        return switch (budget) {
            case NETWORK -> network;
            case USER -> user;
            case USER_TRICKLE -> trickle;
        };
    }

    /** After this time without use every bucket is full again and can be evicted. */
    Duration longestPeriod() {
        return longestPeriod;
    }

    private static BucketConfiguration bucket(int capacity, Duration per) {
        return BucketConfiguration.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, per))
                .build();
    }
}
