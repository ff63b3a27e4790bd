package io.identities.gateway.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class BoundedBodyTest {

    @Test
    @DisplayName("UPS-19 a login body that drips is given up after 20 s")
    void ups19_drippingBodyIsGivenUp() {
        StepVerifier.withVirtualTime(() -> BoundedBody.of(
                        MockServerHttpRequest.post("/")
                                .body(Flux.interval(Duration.ofSeconds(1)).map(tick -> bytes("x"))),
                        8_192))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(19))
                .thenAwait(Duration.ofSeconds(1))
                .expectError(BoundedBody.TooSlow.class)
                .verify(Duration.ofSeconds(10));
    }

    private static DataBuffer bytes(String text) {
        return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(UTF_8));
    }
}
