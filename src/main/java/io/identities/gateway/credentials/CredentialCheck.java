package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Says whether a username and a password belong together. The user's own bean of this type replaces the gateway's.
 *
 * <p>Exactly one answer: a subject (yes), {@code Optional.empty()} (no), or an error (could not tell). Only
 * {@link CredentialCheckUnavailableException} carries detail; every other error counts as unavailable. Never blocks the
 * calling thread, which is an event loop.
 */
public interface CredentialCheck {

    Mono<Optional<Subject>> check(Credentials credentials);

    /**
     * Whether the account still exists, asked at renewal; the answer's roles replace the session's.
     *
     * @return null where this check cannot be asked without the password; else as {@link #check}
     */
    default @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        return null;
    }
}
