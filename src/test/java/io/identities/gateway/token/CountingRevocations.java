package io.identities.gateway.token;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** Nothing is revoked; counts the questions. */
final class CountingRevocations implements RevocationStore {

    final AtomicInteger asked = new AtomicInteger();
    volatile Verdict answer = Verdict.GOOD;

    @Override
    public Verdict verdict(AccessToken token) {
        asked.incrementAndGet();
        return answer;
    }

    @Override
    public Mono<Void> revoke(Revocation revocation) {
        return Mono.error(new RevocationUnconfirmedException("out of reach", new IllegalStateException()));
    }

    @Override
    public AutoCloseable onRevocation(Consumer<Revocation> listener) {
        return () -> {};
    }

    @Override
    public Status status() {
        return new Status(true, false, 0, 0, 0);
    }
}
