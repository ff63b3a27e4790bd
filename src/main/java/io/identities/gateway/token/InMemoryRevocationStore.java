package io.identities.gateway.token;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Revocations of this process alone; a restart forgets them. */
final class InMemoryRevocationStore implements RevocationStore {

    private final RevocationIndex index = new RevocationIndex();
    private final RevocationListeners listeners = new RevocationListeners();
    private final Clock clock;

    InMemoryRevocationStore(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Verdict verdict(AccessToken token) {
        return index.verdict(token, clock.instant());
    }

    @Override
    public Mono<Void> revoke(Revocation revocation) {
        return Mono.fromRunnable(() -> {
            Instant now = clock.instant();
            if (index.add(revocation, now)) {
                listeners.tell(revocation);
            }
        });
    }

    @Override
    public AutoCloseable onRevocation(Consumer<Revocation> listener) {
        return listeners.add(listener);
    }

    @Override
    public Status status() {
        return index.status(true, true, clock.instant());
    }
}
