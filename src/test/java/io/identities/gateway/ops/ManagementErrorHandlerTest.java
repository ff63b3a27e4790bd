package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.LogCapture;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

class ManagementErrorHandlerTest {

    @Test
    void whatAnEndpointFailsAtIsLoggedAndAProblemThatSaysNothingOfIt() {
        try (LogCapture log = LogCapture.of(ManagementErrorHandler.class)) {
            MockServerHttpResponse answer = answer(new IllegalStateException("of no concern to others"));

            assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
            assertThat(answer.getBodyAsString().block())
                    .contains("\"code\":\"internal_error\"")
                    .doesNotContain("concern");
            assertThat(log.lines()).singleElement().asString().contains("of no concern to others");
        }
    }

    @Test
    void whoHasGoneIsNoFailure() {
        try (LogCapture log = LogCapture.of(ManagementErrorHandler.class)) {
            answer(new IOException("Connection reset by peer"));

            assertThat(log.lines()).isEmpty();
        }
    }

    private static MockServerHttpResponse answer(Exception failure) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        WebHttpHandlerBuilder.webHandler(exchange -> Mono.error(failure))
                .exceptionHandler(new ManagementErrorHandler())
                .build()
                .handle(MockServerHttpRequest.get("http://gw/x").build(), response)
                .block();
        return response;
    }
}
