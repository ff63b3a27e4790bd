package io.identities.gateway.ops;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;

/**
 * {@code explain}: given a {@code token}, or a {@code request} (request line and headers as they would be sent), says
 * what the gateway would decide and why. Has no side effects: no log line, no count, no key fetch, nothing remembered;
 * never repeats a token.
 */
@Endpoint(id = "explain")
final class ExplainEndpoint {

    private static final int MAX_LENGTH = 64 * 1024;

    private final Explainer explainer;

    ExplainEndpoint(Explainer explainer) {
        this.explainer = explainer;
    }

    @WriteOperation
    WebEndpointResponse<Object> explain(@Nullable String token, @Nullable String request) {
        String given = token == null ? request : token;
        if (given == null || token != null && request != null || given.length() > MAX_LENGTH) {
            return wrong("expected exactly one of token and request, at most " + MAX_LENGTH + " characters");
        }
        if (token != null) {
            return new WebEndpointResponse<>(explainer.ofToken(token.strip()));
        }
        RequestText parsed = RequestText.parse(given);
        return parsed == null
                ? wrong("expected a request line such as 'GET /path HTTP/1.1', then one 'Name: value' per line")
                : new WebEndpointResponse<>(explainer.ofRequest(parsed));
    }

    private static WebEndpointResponse<Object> wrong(String expectation) {
        return ManagementProblem.of(HttpStatus.BAD_REQUEST, "invalid_request")
                .because(expectation)
                .answer();
    }
}
