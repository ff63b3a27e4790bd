package io.identities.gateway.credentials;

import io.identities.gateway.credentials.ThrottleCounters.Budget;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/** What one login attempt has taken from the budgets of its network and user. Used by one thread at a time. */
final class TakenBudgets {

    private final ThrottleCounters counters;
    private final String network;
    private final String user;
    private final Set<Budget> taken = EnumSet.noneOf(Budget.class);

    TakenBudgets(ThrottleCounters counters, String network, String user) {
        this.counters = counters;
        this.network = network;
        this.user = user;
    }

    /** As {@link ThrottleCounters#take}. */
    Mono<Long> take(Budget budget) {
        return counters.take(budget, keyOf(budget)).doOnNext(wait -> {
            if (wait == 0) {
                taken.add(budget);
            }
        });
    }

    Mono<Void> giveBack() {
        return Mono.defer(() -> {
            List<Mono<Void>> all = taken.stream()
                    .map(budget -> counters.giveBack(budget, keyOf(budget)))
                    .toList();
            taken.clear();
            return Mono.whenDelayError(all);
        });
    }

    private String keyOf(Budget budget) {
        return budget == Budget.NETWORK ? network : user;
    }
}
