package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The protocol of one kind of service: how credentials are sent and how the response is read. */
interface HttpStyle {

    /** @return null if the protocol cannot carry these credentials: then they are wrong */
    @Nullable HttpCall question(Credentials credentials);

    /** @return exactly one signal, as {@link CredentialCheck#check} */
    Mono<Optional<Subject>> read(Credentials credentials, CheckResponse reply);
}
