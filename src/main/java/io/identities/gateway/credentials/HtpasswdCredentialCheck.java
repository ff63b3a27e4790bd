package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.token.Subject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Checks passwords against an htpasswd file, on threads of its own.
 *
 * <p>Every refusal performs one verification of each hash type and cost in the file, so that timing reveals neither
 * whether a name exists nor how its password is hashed (LOG-01).
 */
final class HtpasswdCredentialCheck implements OwnedCredentialCheck {

    private static final Logger log = LoggerFactory.getLogger(HtpasswdCredentialCheck.class);

    private final WatchedHtpasswdFile file;
    private final Verifier verifier;
    private final Scheduler threads;
    private final Duration timeout;
    private @Nullable Disposable watch;

    /**
     * @param verifier {@link PasswordHash#matches}; tests count its calls
     * @param threads where verifications run; disposed with this check
     * @param timeout longest wait for a thread. A verification that has begun runs to its end: a wrong password may
     *     take longer than the right one, and would be told from it without being counted if it ended without an answer
     */
    HtpasswdCredentialCheck(WatchedHtpasswdFile file, Verifier verifier, Scheduler threads, Duration timeout) {
        this.file = file;
        this.verifier = verifier;
        this.threads = threads;
        this.timeout = timeout;
    }

    /** Whether a password (UTF-8) matches a hash; takes equally long either way. */
    @FunctionalInterface
    interface Verifier {
        boolean matches(PasswordHash hash, byte[] password);
    }

    HtpasswdCredentialCheck watching(Duration interval) {
        Scheduler thread = Schedulers.newSingle("htpasswd-watch", true);
        Disposable polls = thread.schedulePeriodically(
                this::pollSafely, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        watch = Disposables.composite(polls, thread);
        return this;
    }

    @Override
    public Mono<Optional<Subject>> check(Credentials credentials) {
        return Mono.defer(() -> {
            // Whoever is first: the thread that begins, or the one that has waited long enough for it.
            AtomicBoolean decided = new AtomicBoolean();
            Mono<Long> waitedTooLong = Mono.delay(timeout)
                    .filter(tick -> decided.compareAndSet(false, true))
                    .switchIfEmpty(Mono.never());
            return Mono.fromCallable(() -> decided.compareAndSet(false, true) ? verify(credentials) : null)
                    .subscribeOn(threads)
                    .timeout(waitedTooLong)
                    .onErrorMap(HtpasswdCredentialCheck::unavailable);
        });
    }

    @Override
    public Mono<Optional<Subject>> recheck(Subject subject) {
        return Mono.fromSupplier(() ->
                Optional.ofNullable(file.entries().of(subject.name())).map(hash -> Subject.named(subject.name())));
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.dispose();
        }
        threads.dispose();
    }

    private Optional<Subject> verify(Credentials credentials) {
        HtpasswdEntries entries = file.entries();
        byte[] password = credentials.password().getBytes(UTF_8);
        PasswordHash own = entries.of(credentials.username());
        if (own != null && verifier.matches(own, password)) {
            return Optional.of(Subject.named(credentials.username()));
        }
        for (PasswordHash cost : entries.costs()) {
            if (own == null || own.kind() != cost.kind() || own.cost() != cost.cost()) {
                verifier.matches(cost, password);
            }
        }
        return Optional.empty();
    }

    private void pollSafely() {
        try {
            file.poll();
        } catch (RuntimeException e) {
            log.warn("Watching the htpasswd file failed: {}", e.toString());
        }
    }

    private static Throwable unavailable(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new CredentialCheckUnavailableException(
                    Kind.BUSY, "no thread free in time to verify a password", Duration.ofSeconds(1), null);
        }
        if (failure instanceof RejectedExecutionException) {
            return new CredentialCheckUnavailableException(
                    Kind.BUSY, "too many passwords wait to be verified", Duration.ofSeconds(1), null);
        }
        return failure;
    }
}
