package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.ReactiveHealthEndpointWebExtension;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.registry.DefaultReactiveHealthContributorRegistry;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

class HealthDetailsTest {

    @ParameterizedTest
    @CsvSource({
        "/actuator/health, /actuator/health, true",
        "/actuator/health, /actuator/health/keys, true",
        "/actuator/health, /actuator/healthy, false",
        "/actuator//healthz, /actuator/healthz/keys, true",
        "/actuator/healthz, /actuator/health, false",
        "/actuator/, /actuator, true",
        "/actuator/, /actuator/keys, false",
        "/, /, true",
        "/, /keys, false",
        ", /actuator/health, false"
    })
    void isWhereTheEndpointIs(String path, String asked, boolean there) {
        assertThat(new HealthDetails(health(), path).isAt(asked)).isEqualTo(there);
    }

    @Test
    void isNowhereWithoutTheEndpoint() {
        assertThat(new HealthDetails(null, "/actuator/health").isAt("/actuator/health"))
                .isFalse();
    }

    @Test
    void whatIsThereIsShownAndWhatIsNotIsNotFound() {
        assertThat(answer("/healthz").getBodyAsString().block()).contains("\"keys\":{", "\"signer\":\"k1\"");
        assertThat(answer("/healthz/keys").getBodyAsString().block()).contains("\"signer\":\"k1\"");
        for (String nothing : new String[] {"/healthz/nothing", "/healthz/keys/a", "/healthz/nothing/a/b"}) {
            assertThat(answer(nothing).getBodyAsString().block())
                    .as(nothing)
                    .contains("\"status\":404", "\"code\":\"not_found\"");
        }
    }

    private static MockServerHttpResponse answer(String path) {
        HealthDetails details = new HealthDetails(health(), "/healthz");
        MockServerHttpResponse response = new MockServerHttpResponse();
        WebHttpHandlerBuilder.webHandler(exchange -> details.send(exchange, path))
                .build()
                .handle(MockServerHttpRequest.get("http://gw" + path).build(), response)
                .block();
        return response;
    }

    private static ReactiveHealthEndpointWebExtension health() {
        DefaultReactiveHealthContributorRegistry registry = new DefaultReactiveHealthContributorRegistry();
        ReactiveHealthIndicator keys =
                () -> Mono.just(Health.up().withDetail("signer", "k1").build());
        registry.registerContributor("keys", keys);
        return new ReactiveHealthEndpointWebExtension(
                registry, null, HealthEndpointGroups.of(new Closed(), Map.of()), null);
    }

    /** Shows nothing of itself. */
    private static final class Closed implements HealthEndpointGroup {

        @Override
        public boolean isMember(String name) {
            return true;
        }

        @Override
        public boolean showComponents(SecurityContext securityContext) {
            return false;
        }

        @Override
        public boolean showDetails(SecurityContext securityContext) {
            return false;
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return StatusAggregator.getDefault();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return status -> 200;
        }

        @Override
        public AdditionalHealthEndpointPath getAdditionalPath() {
            return null;
        }
    }
}
