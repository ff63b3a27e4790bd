package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How a kind of service is asked, and how its answer reads. */
interface HttpStyle {

    /** @return null when these credentials cannot be put into the question: then they are wrong */
    @Nullable HttpCall question(Credentials credentials);

    /** @return exactly one answer, as {@link CredentialCheck#check} */
    Mono<Optional<Subject>> read(Credentials credentials, CheckResponse reply);
}
