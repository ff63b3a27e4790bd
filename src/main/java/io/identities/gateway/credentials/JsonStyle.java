package io.identities.gateway.credentials;

import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** {@code POST} of {@code {"username","password"}}; the status is the answer, a JSON object in it may say more. */
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

    /** A status that approves, with nothing or a JSON object in the body. */
    static Optional<Subject> subject(String typed, CheckResponse reply, StatusCodes codes, SubjectMapping mapping) {
        if (!codes.approves(reply)) {
            return Optional.empty();
        }
        return reply.isEmpty() ? SubjectMapping.approved(typed) : mapping.subject(typed, reply.json());
    }
}
