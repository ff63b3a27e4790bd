package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Checks credentials with an HTTP service: one call per login, and one per renewal where a status URI is set. */
final class HttpCredentialCheck implements CredentialCheck {

    private final CheckHttpClient client;
    private final HttpStyle style;
    private final @Nullable HttpStatusCall status;

    HttpCredentialCheck(CheckHttpClient client, HttpStyle style, @Nullable HttpStatusCall status) {
        this.client = client;
        this.style = style;
        this.status = status;
    }

    @Override
    public Mono<Optional<Subject>> check(Credentials credentials) {
        HttpCall question = style.question(credentials);
        if (question == null) {
            return Mono.just(Optional.empty());
        }
        return client.send(question).flatMap(reply -> style.read(credentials, reply));
    }

    @Override
    public @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
        return status == null ? null : status.ask(client, subject);
    }
}
