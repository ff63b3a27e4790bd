package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * {@code POST} of {@code {"username","password"}}; the status decides, and a JSON object in the body may add roles and
 * claims.
 */
record JsonStyle(URI uri, HttpMethod method, StatusCodes codes, SubjectMapping mapping) implements HttpStyle {

    @Override
    public HttpCall question(Credentials credentials) {
        Map<String, String> body = new LinkedHashMap<>();
        body.put("username", credentials.username());
        body.put("password", credentials.password());
        return new HttpCall(method, uri, Map.of("Content-Type", "application/json"), CheckResponse.write(body));
    }

    @Override
    public Mono<Optional<Subject>> read(Credentials credentials, CheckResponse reply) {
        return Mono.fromSupplier(() -> subject(credentials.username(), reply, codes, mapping));
    }

    /** Handles an approving status, with an empty body or a JSON object. */
    static Optional<Subject> subject(String typed, CheckResponse reply, StatusCodes codes, SubjectMapping mapping) {
        if (!codes.approves(reply)) {
            return Optional.empty();
        }
        return reply.isEmpty() ? SubjectMapping.approved(typed) : mapping.subject(typed, reply.json());
    }
}
