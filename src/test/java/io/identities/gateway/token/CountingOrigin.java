package io.identities.gateway.token;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.VerificationKeys;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** The gateway itself; counts how often its rules are asked, which is twice for a whole verification and once at start. */
final class CountingOrigin implements TokenOrigin {

    final AtomicInteger rulesAsked = new AtomicInteger(-1);
    private final TokenOrigin own;

    CountingOrigin(Clock clock) {
        this.own = new Own(
                IssuerRules.own(TestTokens.ISSUER, null, "unique_name", Set.of(), Set.of()),
                KeyFixtures.secret(RunningGateway.SECRET, clock));
    }

    @Override
    public IssuerRules rules() {
        rulesAsked.incrementAndGet();
        return own.rules();
    }

    @Override
    public VerificationKeys keys() {
        return Objects.requireNonNull(own.keys());
    }

    @Override
    public boolean mayBeAsked() {
        return false;
    }

    @Override
    public Mono<Void> ask() {
        return Mono.empty();
    }
}
