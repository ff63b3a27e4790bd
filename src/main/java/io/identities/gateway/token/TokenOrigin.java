package io.identities.gateway.token;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.RemoteKeys;
import io.identities.gateway.keys.VerificationKeys;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** An issuer whose tokens are accepted: its rules and its current keys. */
interface TokenOrigin {

    IssuerRules rules();

    /** Null while there are no usable keys. A new object after every change. */
    @Nullable VerificationKeys keys();

    /** Whether the issuer may be asked now for a key that {@link #keys} does not have. */
    boolean mayBeAsked();

    /** Fetches the issuer's keys, or joins a fetch in flight; always completes. */
    Mono<Void> ask();

    /** This gateway itself, which always has all its keys. */
    record Own(IssuerRules rules, KeyRotation rotation) implements TokenOrigin {

        @Override
        public VerificationKeys keys() {
            return rotation.current().verifiers();
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

    /** A trusted issuer, whose keys are fetched. */
    record Foreign(IssuerRules rules, RemoteKeys remote) implements TokenOrigin {

        @Override
        public @Nullable VerificationKeys keys() {
            return remote.current();
        }

        @Override
        public boolean mayBeAsked() {
            return remote.mayBeAsked();
        }

        @Override
        public Mono<Void> ask() {
            return remote.ask();
        }
    }
}
