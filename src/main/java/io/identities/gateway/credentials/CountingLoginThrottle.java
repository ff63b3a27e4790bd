package io.identities.gateway.credentials;

import io.identities.gateway.credentials.ThrottleCounters.Budget;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/**
 * The three limits on logins, over a {@link ThrottleCounters}.
 *
 * <p>A limit that is used up by failures denies at once. A limit that is only reached because of checks in progress,
 * which may all succeed, is retried for a short time first: a user who logs in many times in parallel with the right
 * password has made no failure.
 */
final class CountingLoginThrottle implements LoginThrottle {

    private static final Duration FIRST_LOOK = Duration.ofMillis(25);
    private static final Duration LONGEST_GAP = Duration.ofMillis(200);
    private static final Duration LOOK_FOR = Duration.ofSeconds(5);
    private static final int MAX_WAITING = 500;
    private static final Duration BUSY = Duration.ofSeconds(1);

    /** Fewer checks in progress than this part of a limit, or this many, hardly account for it: failures do. */
    private static final int IN_PROGRESS_PART = 4;

    private static final int MIN_IN_PROGRESS = 2;

    private final ThrottleRules rules;
    private final ThrottleCounters counters;
    private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    CountingLoginThrottle(ThrottleRules rules, ThrottleCounters counters) {
        this.rules = rules;
        this.counters = counters;
    }

    /** Fails when the counters fail. */
    @Override
    public Mono<Admission> admit(String username, InetAddress client) {
        return Mono.defer(() -> {
            Attempt attempt = attempt(username, client);
            return attempt.admit().switchIfEmpty(Mono.defer(() -> retry(attempt)));
        });
    }

    /** Empty where {@link #admit} would wait for checks in progress. */
    Mono<Admission> admitNow(String username, InetAddress client) {
        return Mono.defer(() -> attempt(username, client).admit());
    }

    /** For tests: the number of keys with checks in progress. */
    int underWay() {
        return underWay.size();
    }

    private Attempt attempt(String username, InetAddress client) {
        return new Attempt(ThrottleKey.user(username), ThrottleKey.network(client, rules.network()));
    }

    private Mono<Admission> retry(Attempt attempt) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Mono.just(new Denied(attempt.busyRule, BUSY));
        }
        return Mono.defer(attempt::admit)
                .repeatWhenEmpty(looks -> looks.timed()
                        .takeWhile(look -> look.elapsedSinceSubscription().compareTo(LOOK_FOR) < 0)
                        .delayUntil(look -> Mono.delay(gapAfter(look.get()))))
                .delaySubscription(FIRST_LOOK)
                .switchIfEmpty(Mono.fromSupplier(() -> new Denied(attempt.busyRule, BUSY)))
                .doFinally(signal -> waiting.decrementAndGet());
    }

    /** One attempt as it passes the rules. Used by one thread at a time. */
    private final class Attempt {

        private final String user;
        private final String network;
        private final String pair;
        private final TakenBudgets budgets;
        private boolean reserved;
        private Rule busyRule = Rule.USER_AND_NETWORK;

        Attempt(String user, String network) {
            this.user = user;
            this.network = network;
            this.pair = user + '/' + network;
            this.budgets = new TakenBudgets(counters, network, user);
        }

        /** Empty when it depends on checks in progress. */
        Mono<Admission> admit() {
            return counters.admit(pair).flatMap(this::afterBackoff);
        }

        private Mono<Admission> afterBackoff(Backoff.Step step) {
            return switch (step.answer()) {
                case ADMITTED -> withinBudgets();
                case BUSY -> busy(Rule.USER_AND_NETWORK);
                case DENIED -> Mono.just(new Denied(Rule.USER_AND_NETWORK, Duration.ofMillis(step.delay())));
            };
        }

        private Mono<Admission> withinBudgets() {
            reserved = true;
            return takeOfNetwork()
                    .doOnError(unknown -> release().onErrorComplete().subscribe());
        }

        private Mono<Admission> takeOfNetwork() {
            return budgets.take(Budget.NETWORK).flatMap(wait -> {
                if (wait == 0) {
                    return takeOfUser();
                }
                Duration retryAfter =
                        shorter(Duration.ofNanos(wait), rules.network().maxWait());
                return release()
                        .then(deniedOrBusy(
                                Rule.NETWORK, network, rules.network().failures(), retryAfter));
            });
        }

        private Mono<Admission> takeOfUser() {
            return budgets.take(Budget.USER)
                    .flatMap(wait -> wait == 0
                            ? admitted()
                            : counters.isKnown(user, network).flatMap(known -> known ? admitted() : takeOfTrickle()));
        }

        private Mono<Admission> takeOfTrickle() {
            return budgets.take(Budget.USER_TRICKLE)
                    .flatMap(wait -> wait == 0
                            ? admitted()
                            : release()
                                    .then(deniedOrBusy(
                                            Rule.USER, user, rules.user().failures(), Duration.ofNanos(wait))));
        }

        private Mono<Admission> admitted() {
            underWay.merge(network, 1, Integer::sum);
            underWay.merge(user, 1, Integer::sum);
            return Mono.just(new Admitted(this::settle));
        }

        private Mono<Void> settle(Verdict verdict) {
            return Mono.defer(() -> {
                leave(network);
                leave(user);
                // One that fails must not keep the others from being told.
                return Mono.whenDelayError(
                        counters.settle(pair, verdict),
                        verdict == Verdict.FAILED ? Mono.empty() : budgets.giveBack(),
                        verdict == Verdict.SUCCEEDED ? counters.remember(user, network) : Mono.empty());
            });
        }

        /** As if this attempt had never been made. */
        private Mono<Void> release() {
            return Mono.defer(() -> {
                if (!reserved) {
                    return Mono.empty();
                }
                reserved = false;
                return Mono.whenDelayError(counters.settle(pair, Verdict.UNDECIDED), budgets.giveBack());
            });
        }

        private Mono<Admission> deniedOrBusy(Rule rule, String key, int limit, Duration wait) {
            return Mono.defer(() -> {
                boolean maySucceed =
                        underWay.getOrDefault(key, 0) >= Math.max(MIN_IN_PROGRESS, limit / IN_PROGRESS_PART);
                return maySucceed ? busy(rule) : Mono.just(new Denied(rule, wait));
            });
        }

        private Mono<Admission> busy(Rule rule) {
            busyRule = rule;
            return Mono.empty();
        }

        private void leave(String key) {
            underWay.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    private static Duration gapAfter(long looks) {
        return shorter(FIRST_LOOK.multipliedBy(1L << Math.min(looks, 10)), LONGEST_GAP);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
