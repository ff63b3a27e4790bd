package io.identities.gateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

class ManagementHeadersWebFilterTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-27T15:30:00Z"));

    @Test
    void everyAnswerIsSealedAndDated() {
        for (String path : new String[] {"/m/actuator", "/elsewhere"}) {
            MockServerHttpResponse answer = answer("/m", path);

            assertThat(answer.getHeaders().getFirst("Date")).isEqualTo("Fri, 27 Nov 2026 15:30:00 GMT");
            assertThat(answer.getHeaders().getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.getHeaders().getFirst("Cache-Control")).isEqualTo("no-store");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/m", "/m/", "/m/actuator/health"})
    void basePathIsTakenOff(String path) {
        assertThat(answer("/m", path).getBodyAsString().block()).isEqualTo("[" + path.substring(2) + "]");
    }

    @Test
    void withoutABasePathEverythingIsPassedOn() {
        assertThat(answer("", "/actuator").getBodyAsString().block()).isEqualTo("[/actuator]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/actuator", "/mx", "/mx/actuator", "/%6D/actuator"})
    void outsideOfTheBasePathIsAProblemWithACode(String path) {
        MockServerHttpResponse answer = answer("/m", path);

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBodyAsString().block()).contains("\"code\":\"not_found\"");
    }

    private static MockServerHttpResponse answer(String basePath, String path) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        WebHttpHandlerBuilder.webHandler(exchange -> exchange.getResponse()
                        .writeWith(Mono.fromSupplier(() -> exchange.getResponse()
                                .bufferFactory()
                                .wrap(("[" + exchange.getRequest().getPath().pathWithinApplication() + "]")
                                        .getBytes(UTF_8)))))
                .filter(new ManagementHeadersWebFilter(basePath, CLOCK))
                .build()
                .handle(MockServerHttpRequest.get("http://gw" + path).build(), response)
                .block();
        return response;
    }
}
