package io.identities.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.testing.LogCapture;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;

class LastResortErrorHandlerTest {

    private final LastResortErrorHandler handler = new LastResortErrorHandler();
    private final MockServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/secret?token=x"));

    @ParameterizedTest
    @CsvSource({
        "400, 400, invalid_request",
        "404, 404, not_found",
        "406, 400, invalid_request",
        "408, 408, request_timeout",
        "413, 413, body_too_large",
        "415, 415, unsupported_media_type",
        "417, 417, expectation_failed",
        "431, 431, headers_too_large",
        "500, 500, internal_error",
        "501, 501, method_not_implemented",
        "502, 502, backend_failed",
        "503, 503, backend_unavailable",
        "504, 504, backend_timeout",
        "302, 500, internal_error"
    })
    @DisplayName("OPS-15 what Spring refuses keeps its status and loses its words")
    void ops15_springRefusals(int status, int answered, String code) {
        handle(new ResponseStatusException(HttpStatusCode.valueOf(status), "secret words"));
        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(answered));
        assertThat(body()).contains("\"code\":\"" + code + "\"").doesNotContain("secret", "words");
    }

    @Test
    void methodNotAllowedKeepsAllow() {
        handle(new MethodNotAllowedException(HttpMethod.PUT, List.of(HttpMethod.GET)));
        assertThat(exchange.getResponse().getHeaders().getFirst("Allow")).isEqualTo("GET");
    }

    @Test
    @DisplayName("OPS-15 the unknown is a 500, logged once with the request id and not told")
    void ops15_unknown() {
        try (LogCapture log = LogCapture.of(LastResortErrorHandler.class)) {
            handle(new IllegalStateException("secret words"));
            assertThat(log.messages()).containsExactly("Request id-1 failed");
        }
        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(500));
        assertThat(body()).doesNotContain("secret", "IllegalState");
        assertThat(exchange.getResponse().getHeaders().getFirst("X-Content-Type-Options"))
                .isEqualTo("nosniff");
    }

    @Test
    void clientThatLeftIsNothingToLogAndReadsNoSuccessIfItIsStillThere() {
        try (LogCapture log = LogCapture.of(LastResortErrorHandler.class)) {
            handle(new AbortedException("The client left"));
            assertThat(log.messages()).isEmpty();
        }
        assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(499));
    }

    @Test
    void committedAnswersAndTheManagementPortAreLeftAlone() {
        RuntimeException error = new IllegalStateException("x");
        StepVerifier.create(handler.handle(exchange, error)).verifyErrorMatches(e -> e == error);
        attach();
        exchange.getResponse().setComplete().subscribe();
        StepVerifier.create(handler.handle(exchange, error)).verifyErrorMatches(e -> e == error);
    }

    private void handle(Throwable error) {
        attach();
        StepVerifier.create(handler.handle(exchange, error)).verifyComplete();
    }

    private void attach() {
        new RequestContext("id-1", InetAddress.getLoopbackAddress(), false, RequestTarget.of("/secret?token=x"))
                .attachTo(exchange);
    }

    private String body() {
        StringBuilder text = new StringBuilder();
        Mono<String> body = exchange.getResponse().getBodyAsString();
        StepVerifier.create(body).consumeNextWith(text::append).verifyComplete();
        return text.toString();
    }
}
