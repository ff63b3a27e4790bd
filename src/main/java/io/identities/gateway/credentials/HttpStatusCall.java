package io.identities.gateway.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.token.Subject;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The {@code GET} that checks whether an account still exists.
 *
 * @param template a URI in which {@code {username}} stands for the percent-encoded name
 * @param headers sent along, for example an {@code Authorization} of the gateway's own
 */
record HttpStatusCall(String template, Map<String, String> headers, StatusCodes codes, SubjectMapping mapping) {

    static final String PLACEHOLDER = "{username}";

    Mono<Optional<Subject>> ask(CheckHttpClient client, Subject subject) {
        if (subject.name().equals(".") || subject.name().equals("..")) {
            // As a path segment it would name another resource, escaped or not.
            return Mono.error(CredentialCheckUnavailableException.unclear("a dot segment cannot be asked for"));
        }
        return client.send(new HttpCall(HttpMethod.GET, uri(subject.name()), headers, null))
                .map(reply -> sameName(subject, now(subject, reply)));
    }

    /** An empty response confirms the account but says nothing of its roles: the session's stay. */
    private Optional<Subject> now(Subject before, CheckResponse reply) {
        Optional<Subject> answered = JsonStyle.subject(before.name(), reply, codes, mapping);
        return reply.isEmpty() ? answered.map(approved -> before) : answered;
    }

    /** An account whose name has changed is not the one that logged in. */
    private static Optional<Subject> sameName(Subject before, Optional<Subject> now) {
        return now.filter(subject -> subject.name().equals(before.name()));
    }

    private URI uri(String username) {
        return URI.create(
                template.replace(PLACEHOLDER, URLEncoder.encode(username, UTF_8).replace("+", "%20")));
    }

    @Override
    public String toString() {
        return "HttpStatusCall[]";
    }
}
