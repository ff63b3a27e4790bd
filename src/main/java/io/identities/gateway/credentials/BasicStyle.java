package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** HTTP Basic in UTF-8 (RFC 7617); the response is read as in {@link JsonStyle}. */
record BasicStyle(URI uri, HttpMethod method, StatusCodes codes, SubjectMapping mapping) implements HttpStyle {

    /** RFC 7617, 2: no colon in the name, no control characters in either. */
    @Override
    public @Nullable HttpCall question(Credentials credentials) {
        boolean cannotBeSent = credentials.username().indexOf(':') >= 0
                || SubjectMapping.hasControls(credentials.username())
                || SubjectMapping.hasControls(credentials.password());
        return cannotBeSent
                ? null
                : new HttpCall(
                        method,
                        uri,
                        Map.of("Authorization", authorization(credentials.username(), credentials.password())),
                        null);
    }

    @Override
    public Mono<Optional<Subject>> read(Credentials credentials, CheckResponse reply) {
        return Mono.fromSupplier(() -> JsonStyle.subject(credentials.username(), reply, codes, mapping));
    }

    static String authorization(String username, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((username + ':' + password).getBytes(UTF_8));
    }
}
