package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** The short way to the backend leaves alone what an operator builds on the gateway. */
class RoutingIT {

    private static final String TOKEN =
            TestTokens.sessionToken(Instant.now(), "session-1").mint();

    private final RecordingBackend backend = new RecordingBackend();

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void nothingOfTheGatewaysOwnKeepsRequestsFromTheShortWay() throws IOException {
        List<Object> mappers = new CopyOnWriteArrayList<>();
        GlobalFilter look = (exchange, chain) -> {
            mappers.add(exchange.getAttributeOrDefault(
                    ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR, "no dispatcher"));
            return chain.filter(exchange);
        };
        try (RunningGateway gateway =
                gateway().bean(GlobalFilter.class, () -> look).start()) {
            assertThat(get(gateway, "/identities/1").status()).isEqualTo(200);
            assertThat(mappers).containsExactly("no dispatcher");
        }
    }

    @Test
    void globalFilterOfTheUserMayChangeTheRequestToTheBackend() throws IOException {
        GlobalFilter tenant = (exchange, chain) -> chain.filter(exchange.mutate()
                .request(request -> request.header("X-Tenant", "acme").header("X-Auth-Username", "root"))
                .build());
        try (RunningGateway gateway =
                belowAPath().bean(GlobalFilter.class, () -> tenant).start()) {
            assertThat(get(gateway, "/gw/identities/a%2Fb?x=%20").status()).isEqualTo(200);
            assertThat(backend.last().target()).isEqualTo("/base/identities/a%2Fb?x=%20");
            assertThat(backend.last().headers("X-Forwarded-Prefix")).containsExactly("/gw");
            assertThat(backend.last().headers("X-Tenant")).containsExactly("acme");
            assertThat(backend.last().headers("X-Auth-Username")).containsExactly("alice");
        }
    }

    @Test
    void webFilterOfTheUserMayChangeTheRequestToTheBackend() throws IOException {
        WebFilter tenant = (exchange, chain) -> chain.filter(exchange.mutate()
                .request(request -> request.header("X-Tenant", "acme").header("X-Auth-Username", "root"))
                .build());
        try (RunningGateway gateway =
                belowAPath().bean(WebFilter.class, () -> tenant).start()) {
            assertThat(get(gateway, "/gw/identities/a%2Fb?x=%20").status()).isEqualTo(200);
            assertThat(backend.last().target()).isEqualTo("/base/identities/a%2Fb?x=%20");
            assertThat(backend.last().headers("X-Forwarded-Prefix")).containsExactly("/gw");
            assertThat(backend.last().headers("X-Tenant")).containsExactly("acme");
            assertThat(backend.last().headers("X-Auth-Username")).containsExactly("alice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"framework", "native"})
    @DisplayName("forwarded headers of anybody reach neither the framework nor an empty answer")
    void forwardedHeadersNeverReachTheFramework(String strategy) throws IOException {
        try (RunningGateway gateway = gateway()
                .settings("server.forward-headers-strategy=" + strategy)
                .start()) {
            Answer answer = RawConnection.exchange(
                    gateway.port(),
                    "GET /identities/1 HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Host: evil.example\r\n"
                            + "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Prefix: /evil\r\nAuthorization: Bearer "
                            + TOKEN
                            + "\r\n\r\n");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(backend.last().target()).isEqualTo("/identities/1");
            assertThat(backend.last().headers("X-Forwarded-For")).containsExactly("127.0.0.1");
            assertThat(backend.last().headers("X-Forwarded-Host")).containsExactly("a.example");
        }
    }

    @Test
    void globalFilterOfTheUserMaySendTheRequestElsewhere() throws IOException {
        try (RecordingBackend other = new RecordingBackend()) {
            GlobalFilter detour = new Detour(other.uri().resolve("/elsewhere"));
            try (RunningGateway gateway =
                    gateway().bean(GlobalFilter.class, () -> detour).start()) {
                assertThat(get(gateway, "/identities/1").status()).isEqualTo(200);
                assertThat(other.last().target()).isEqualTo("/elsewhere");
                assertThat(backend.count()).isZero();
            }
        }
    }

    @Test
    void globalFilterOfTheUserSeesOnlyWhatIsGranted() throws IOException {
        GlobalFilter mark = (exchange, chain) -> {
            exchange.getResponse().getHeaders().set("X-Seen", "yes");
            return chain.filter(exchange);
        };
        try (RunningGateway gateway =
                gateway().bean(GlobalFilter.class, () -> mark).start()) {
            assertThat(get(gateway, "/identities/1").header("X-Seen")).isEqualTo("yes");
            Answer refused = RawConnection.exchange(gateway.port(), "GET /identities/1 HTTP/1.1\r\nHost: gw\r\n\r\n");
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("X-Seen")).isNull();
        }
    }

    @Test
    void handlersOfAnApplicationThatBuildsOnTheGatewayComeFirst() throws IOException {
        RouterFunction<ServerResponse> own = RouterFunctions.route()
                .GET("/own", request -> ServerResponse.ok().bodyValue("own"))
                .build();
        try (RunningGateway gateway =
                gateway().bean(RouterFunction.class, () -> own).start()) {
            assertThat(get(gateway, "/own").text()).isEqualTo("own");
            assertThat(backend.count()).isZero();
            assertThat(get(gateway, "/identities/1").status()).isEqualTo(200);
            assertThat(backend.count()).isEqualTo(1);
        }
    }

    @Test
    void routeByHeaderAndMethodIsFoundBeforeTheCatchAll() throws IOException {
        try (RecordingBackend other = new RecordingBackend();
                RunningGateway gateway = gateway()
                        .settings(
                                "spring.cloud.gateway.server.webflux.routes[0].id=beta",
                                "spring.cloud.gateway.server.webflux.routes[0].uri=" + other.uri(),
                                "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/identities/{id}",
                                "spring.cloud.gateway.server.webflux.routes[0].predicates[1]=Method=GET",
                                "spring.cloud.gateway.server.webflux.routes[0].filters[0]=SetPath=/beta/{id}")
                        .start()) {
            assertThat(get(gateway, "/identities/7").status()).isEqualTo(200);
            assertThat(other.last().target()).isEqualTo("/beta/7");
            assertThat(get(gateway, "/identities/7/8").status()).isEqualTo(200);
            assertThat(backend.last().target()).isEqualTo("/identities/7/8");
        }
    }

    @Test
    @DisplayName("UPS-11 a server of a user's own route that is away is 502, as the backend is")
    void ups11_serverOfAnOwnRouteIsAway() throws IOException {
        try (RunningGateway gateway = gateway()
                .settings(
                        "spring.cloud.gateway.server.webflux.routes[0].id=away",
                        "spring.cloud.gateway.server.webflux.routes[0].uri=http://127.0.0.1:19",
                        "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/away/**")
                .start()) {
            Answer answer = get(gateway, "/away/1");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("\"code\":\"backend_failed\"");
        }
    }

    private RunningGateway.Builder gateway() {
        return RunningGateway.with(
                "identities.backend.uri=" + backend.uri(), "identities.endpoints.authenticate.enabled=false");
    }

    private RunningGateway.Builder belowAPath() {
        return RunningGateway.with(
                "identities.base-path=/gw",
                "identities.backend.uri=" + backend.uri() + "/base",
                "identities.endpoints.authenticate.enabled=false");
    }

    private static Answer get(RunningGateway gateway, String target) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "GET " + target + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n");
    }

    /** What a user writes to choose an address by request: after the stock filter that sets the route's. */
    private record Detour(URI address) implements GlobalFilter, Ordered {

        @Override
        public int getOrder() {
            return 10_100;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, address);
            return chain.filter(exchange);
        }
    }
}
