package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Says whether a username and a password belong together. The user's own bean of this type replaces the gateway's.
 *
 * <p>Emits exactly one signal: a subject (yes), {@code Optional.empty()} (no), or an error (could not tell). Only
 * {@link CredentialCheckUnavailableException} carries detail; every other error counts as unavailable. Must not block
 * the calling thread, which is an event loop.
 */
public interface CredentialCheck {

    Mono<Optional<Subject>> check(Credentials credentials);

    /**
     * Whether the account still exists; called at renewal. The returned roles replace the session's.
     *
     * @return null if this check cannot tell without the password; else as {@link #check}
     */
    default @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        return null;
    }
}
