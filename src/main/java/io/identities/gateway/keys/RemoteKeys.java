package io.identities.gateway.keys;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The keys of one trusted issuer. Refreshed well before they are stale; at most one fetch in flight; an invalid
 * response leaves the last good set in force. A {@code kid} that is unknown, or whose key has not signed, causes one
 * fetch per cool-down, for which valid tokens do not wait. Thread-safe.
 */
public final class RemoteKeys {

    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    private final String name;
    private final Supplier<Mono<String>> fetch;
    private final Set<SignatureAlgorithm> algorithms;
    private final FetchLimits limits;
    private final Clock clock;
    private final SecurityEvents events;
    private final FetchSchedule schedule;

    private final AtomicReference<@Nullable Mono<Void>> inFlight = new AtomicReference<>();
    private final AtomicReference<@Nullable Instant> askedAt = new AtomicReference<>();
    private volatile @Nullable Fetched fetched;
    /**
     * Whether the fetch in flight has been sent; reset by the next fetch only, so that no caller sees it reset too
     * early.
     */
    private volatile boolean sent;

    private volatile String lastFailure = "";

    /**
     * @param name the configured short name, for logs and metrics
     * @param fetch emits the text of the key set, or fails
     */
    RemoteKeys(
            String name,
            Supplier<Mono<String>> fetch,
            Set<SignatureAlgorithm> algorithms,
            FetchLimits limits,
            Clock clock,
            SecurityEvents events) {
        this.name = name;
        this.fetch = fetch;
        this.algorithms = algorithms;
        this.limits = limits;
        this.clock = clock;
        this.events = events;
        this.schedule = new FetchSchedule(limits.refreshPause());
    }

    /** Null while there are none, or none that were confirmed within the stale limit. */
    public @Nullable VerificationKeys current() {
        Fetched last = fetched;
        return last == null || clock.instant().isAfter(last.at().plus(limits.staleLimit())) ? null : last.keys();
    }

    /** Whether {@link #ask} would fetch now, or a fetch is in flight. */
    public boolean mayBeAsked() {
        return inFlight.get() != null || isCool(askedAt.get());
    }

    /** Fetches, or joins the fetch in flight; does nothing within the cool-down. Always completes, never fails. */
    public Mono<Void> ask() {
        boolean hasKeys = current() != null;
        Mono<Void> underWay = inFlight.get();
        if (underWay == null) {
            return hasKeys ? askForAnother() : askAfterOutage();
        }
        // A fetch that was sent during an outage, or before a rotation, says nothing about the present.
        return sent ? underWay.then(Mono.defer(hasKeys ? this::askAfterRotation : this::askAfterOutage)) : underWay;
    }

    /** When the set in force was last confirmed; null before the first time. */
    public @Nullable Instant confirmedAt() {
        Fetched last = fetched;
        return last == null ? null : last.at();
    }

    /** Whether the latest attempt failed. */
    public boolean isFailing() {
        return schedule.isFailing();
    }

    /** Fetches if a fetch is due; never blocks, never throws. */
    void tick() {
        if (schedule.isDue(clock.instant()) && inFlight.get() == null) {
            begin(Duration.ZERO);
        }
    }

    private boolean isCool(@Nullable Instant last) {
        Instant now = clock.instant();
        return last == null || now.isBefore(last) || !now.isBefore(last.plus(limits.coolDown()));
    }

    private Mono<Void> askAfterOutage() {
        return current() == null ? askWithoutKeys() : Mono.empty();
    }

    /** A caller that has keys does not wait a second time for an issuer that is down. */
    private Mono<Void> askAfterRotation() {
        return isFailing() ? Mono.empty() : askForAnother();
    }

    private Mono<Void> askWithoutKeys() {
        return begin(schedule.pauseLeft(clock.instant()));
    }

    private Mono<Void> askForAnother() {
        Instant last = askedAt.get();
        return isCool(last) && askedAt.compareAndSet(last, clock.instant()) ? begin(Duration.ZERO) : joined();
    }

    private Mono<Void> joined() {
        Mono<Void> underWay = inFlight.get();
        return underWay == null ? Mono.empty() : underWay;
    }

    private Mono<Void> begin(Duration pause) {
        Mono<Void> mine = Mono.delay(pause, Schedulers.parallel())
                .then(Mono.defer(this::send))
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(this::acceptSafely)
                .onErrorResume(this::reportFailure)
                .doOnTerminate(() -> inFlight.set(null))
                .then()
                .cache();
        Mono<Void> other = inFlight.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        sent = false;
        mine.subscribe();
        return mine;
    }

    private Mono<String> send() {
        sent = true;
        return fetch.get();
    }

    /** An error that Reactor takes for fatal would leave this fetch in flight for ever. */
    private void acceptSafely(String json) {
        try {
            accept(json);
        } catch (Error e) {
            throw new IllegalStateException("keys that could not be read", e);
        }
    }

    private void accept(String json) {
        RemoteKeySet found = RemoteKeySet.parse(json, algorithms);
        List<VerificationKey> keys = found.keys();
        Instant now = clock.instant();
        Fetched last = fetched;
        VerificationKeys kept = last != null && last.keys().holds(keys) ? last.keys() : null;
        boolean changed = kept == null;
        fetched = new Fetched(kept == null ? new VerificationKeys(keys) : kept, now);
        schedule.succeeded(now);
        lastFailure = "";
        events.publish(new SecurityEvent.JwksFetch(Outcome.ACCEPTED, changed ? "changed" : "unchanged", name));
        if (changed) {
            log.info("Keys of trusted issuer {}: {}; {} passed over", name, keys, found.passedOver());
        }
    }

    private Mono<String> reportFailure(Throwable failure) {
        schedule.failed(clock.instant());
        String reason = JwksFetchFailure.reasonOf(failure);
        events.publish(new SecurityEvent.JwksFetch(Outcome.REFUSED, reason, name));
        if (!reason.equals(lastFailure)) {
            lastFailure = reason;
            log.warn(
                    "No new keys of trusted issuer {}: {}; {}",
                    name,
                    JwksFetchFailure.describe(failure),
                    current() == null ? "its tokens cannot be verified" : "the last good ones stay in force");
        }
        return Mono.empty();
    }

    private record Fetched(VerificationKeys keys, Instant at) {}
}
