package io.identities.gateway.token;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.RemoteKeys;
import io.identities.gateway.keys.VerificationKeys;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** An issuer whose tokens count: its rules, and its keys as they are now. */
interface TokenOrigin {

    IssuerRules rules();

    /** Null while there are none that may be used. Another object after every change. */
    @Nullable VerificationKeys keys();

    /** Whether the issuer may be asked now for a key that {@link #keys} does not have. */
    boolean mayBeAsked();

    /** Asks the issuer, or joins whoever is asking; completes in any case. */
    Mono<Void> ask();

    /** This gateway itself: it has all its keys and nobody to ask. */
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

    /** Somebody else, whose keys are fetched. */
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
