package io.identities.gateway.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The revocations of all replicas. Requests read a local copy, which polls the journal in Redis a few times a second
 * and so detects every gap, restart and outage. Writes this replica's entries back into a store that has lost them.
 */
final class RedisRevocationStore implements RevocationStore, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RedisRevocationStore.class);

    private final RevocationJournal journal;
    private final RedisReconnection trouble;
    private final boolean refuseWhenUnreachable;
    private final Duration interval;
    private final Clock clock;
    private final JournalPosition position = new JournalPosition();
    private final RevocationWriteBack writeBack = new RevocationWriteBack();
    private final RevocationIndex index = new RevocationIndex();
    private final RevocationListeners listeners = new RevocationListeners();

    private volatile boolean ready;
    private volatile boolean connected;
    private volatile Instant upToDateAt;
    private volatile @Nullable Disposable following;

    /**
     * @param refuseWhenUnreachable whether there is no verdict while Redis is unreachable; else the last known state
     *     applies
     * @param interval between two reads of the journal
     */
    RedisRevocationStore(
            RevocationJournal journal,
            RedisReconnection trouble,
            boolean refuseWhenUnreachable,
            Duration interval,
            Clock clock) {
        this.journal = journal;
        this.trouble = trouble;
        this.refuseWhenUnreachable = refuseWhenUnreachable;
        this.interval = interval;
        this.clock = clock;
        this.upToDateAt = clock.instant();
    }

    @Override
    public Verdict verdict(AccessToken token) {
        Verdict known = index.verdict(token, clock.instant());
        boolean unsure = !ready || refuseWhenUnreachable && !connected;
        return unsure && known == Verdict.GOOD ? Verdict.UNKNOWN : known;
    }

    @Override
    public Mono<Void> revoke(Revocation revocation) {
        return Mono.defer(() -> {
            RevocationIndex.Replacement replacement = index.replacement(revocation, clock.instant());
            take(revocation);
            // The caller may disconnect before Redis has confirmed.
            return journal.replace(replacement).doOnCancel(writeBack::request).onErrorMap(this::unconfirmed);
        });
    }

    @Override
    public AutoCloseable onRevocation(Consumer<Revocation> listener) {
        return listeners.add(listener);
    }

    @Override
    public Status status() {
        return index.status(ready, connected, clock.instant());
    }

    /** The time since the end of the journal was last reached, or since the start. */
    @Override
    public Duration lag() {
        return Duration.between(upToDateAt, clock.instant());
    }

    @Override
    public synchronized void start() {
        following = Mono.defer(this::follow)
                .then(Mono.delay(interval, Schedulers.parallel()))
                .repeat()
                .subscribe();
    }

    @Override
    public synchronized void stop() {
        Disposable stopping = following;
        if (stopping != null) {
            stopping.dispose();
            following = null;
        }
    }

    @Override
    public boolean isRunning() {
        return following != null;
    }

    // After the connection factory (0), and before the web server, which stops first: a draining gateway still receives
    // revocations.
    @Override
    public int getPhase() {
        return 1;
    }

    /** Reads up to the end of the journal; never fails. */
    private Mono<Void> follow() {
        position.begin(clock.instant());
        return readToEnd().then(Mono.defer(this::afterRead)).onErrorResume(this::unreachable);
    }

    private Mono<Void> afterRead() {
        reached();
        if (position.takeDoubt(clock.instant())) {
            writeBack.request();
        }
        List<Revocation> slice = writeBack.next(() -> index.entries(clock.instant()));
        if (slice.isEmpty()) {
            return writeBack.isDone() ? Mono.fromRunnable(trouble::over) : Mono.empty();
        }
        return journal.write(slice).doOnSuccess(done -> written()).onErrorResume(this::notTaken);
    }

    private void written() {
        writeBack.written();
        trouble.over();
    }

    private Mono<Void> readToEnd() {
        return journal.read(position.last())
                .expand(page -> isLast(page) ? Mono.empty() : journal.read(position.last()))
                .then();
    }

    /** Takes in what stands there. An error that Reactor takes for fatal would end the following for ever. */
    private boolean isLast(RevocationJournal.Page page) {
        try {
            boolean known = position.advance(page);
            if (known) {
                page.entries().forEach(this::take);
            }
            return known && !page.more();
        } catch (Error e) {
            throw new IllegalStateException("revocations that could not be taken in", e);
        }
    }

    private void take(Revocation revocation) {
        if (index.add(revocation, clock.instant())) {
            listeners.tell(revocation);
        }
    }

    private void reached() {
        upToDateAt = clock.instant();
        ready = true;
        if (!connected) {
            connected = true;
            log.info("Revocations are shared through Redis");
        }
    }

    private Mono<Void> unreachable(Throwable failure) {
        position.doubt();
        boolean news = connected;
        connected = false;
        boolean undecided = refuseWhenUnreachable || !ready;
        return trouble.unreachable(
                failure, news, undecided ? "tokens cannot be verified" : "the last known ones stay in force");
    }

    private Mono<Void> notTaken(Throwable failure) {
        writeBack.failed();
        return trouble.notTaken(failure);
    }

    private Throwable unconfirmed(Throwable failure) {
        writeBack.request();
        return new RevocationUnconfirmedException("Redis has not confirmed a revocation, which holds here", failure);
    }
}
