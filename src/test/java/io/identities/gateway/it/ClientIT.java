package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.identities.client.IdentitiesClient;
import io.identities.client.IdentitiesClientBuilder;
import io.identities.client.ThrottledException;
import io.identities.client.UnavailableException;
import io.identities.client.WrongCredentialsException;
import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.credentials.CredentialCheckUnavailableException;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.Subject;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** The Java client and the running gateway, with the gateway's own events as the count. */
class ClientIT {

    private static final int THREADS = 16;

    private final RecordingBackend backend = new RecordingBackend();
    private final List<SecurityEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> renewedTokens = new CopyOnWriteArrayList<>();
    private volatile String rightPassword = "wonderland";
    private volatile boolean checkDown;

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void no401ReachesACallerAcrossRenewalsAndSessionLimits() throws Exception {
        callFor(Duration.ofSeconds(8), Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    @Test
    @Tag("cases-full")
    void no401ReachesACallerFor30SecondsWithASessionLimitOf10() throws Exception {
        callFor(Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    @Test
    void aRestartIsNoticedByNobodyWhoHasAToken() throws Exception {
        int port;
        IdentitiesClient client;
        try (RunningGateway gateway = start()) {
            port = gateway.port();
            client = client(gateway.uri("")).build();
            assertThat(call(client)).isEqualTo(200);
        }
        try (client) {
            String token = client.validAccessToken();
            assertThatThrownBy(() -> call(client)).isInstanceOf(ConnectException.class);
            try (RunningGateway again = start("server.port=" + port)) {
                assertThat(again.port()).isEqualTo(port);
                assertThat(call(client)).isEqualTo(200);
                assertThat(client.validAccessToken()).isEqualTo(token);
            }
        }
        assertThat(logins(Outcome.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void aRestartWithAnotherKeyCausesOneLogIn() throws Exception {
        int port;
        IdentitiesClient client;
        try (RunningGateway gateway = start()) {
            port = gateway.port();
            client = client(gateway.uri("")).build();
            assertThat(call(client)).isEqualTo(200);
        }
        String otherSecret = new StringBuilder(RunningGateway.SECRET).reverse().toString();
        try (client;
                RunningGateway again = start("server.port=" + port, "identities.keys.secret=" + otherSecret)) {
            assertThat(again.port()).isEqualTo(port);
            assertThat(callAtOnce(client)).containsOnly(200);
        }
        assertThat(logins(Outcome.ACCEPTED)).isEqualTo(2);
    }

    @Test
    void aCheckThatIsDownIsUnavailableAndAskedOnce() throws Exception {
        checkDown = true;
        try (RunningGateway gateway = start();
                IdentitiesClient client = client(gateway.uri("")).build()) {
            UnavailableException failure = failure(UnavailableException.class, client);
            assertThat(failure.status()).hasValue(503);
            assertThat(failure.code()).isPresent();
            assertThat(failure.requestId()).isPresent();
            assertThat(failure.until()).isAfter(Instant.now());
            IntStream.range(0, 100).forEach(i -> failure(UnavailableException.class, client));
            assertThat(logins(Outcome.UNDECIDED)).isEqualTo(1);
            checkDown = false;
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> call(client) == 200);
            assertThat(logins(Outcome.UNDECIDED)).isEqualTo(1);
        }
    }

    @Test
    void aWrongPasswordIsToldAndRecoversWhenItIsRightAgain() throws Exception {
        rightPassword = "changed";
        try (RunningGateway gateway = start();
                IdentitiesClient client = client(gateway.uri("")).build()) {
            WrongCredentialsException failure = failure(WrongCredentialsException.class, client);
            assertThat(failure.code()).hasValue("invalid_credentials");
            assertThat(failure.requestId()).isPresent();
            IntStream.range(0, 100).forEach(i -> failure(WrongCredentialsException.class, client));
            assertThat(logins(Outcome.REFUSED)).isEqualTo(1);
            rightPassword = "wonderland";
            await().ignoreExceptions().until(() -> call(client) == 200);
        }
    }

    @Test
    void throttlingTellsUntilWhenAndLeavesTheGatewayAlone() throws Exception {
        try (RunningGateway gateway = start(
                "identities.credentials.throttle.user-and-network.failures=1",
                "identities.credentials.throttle.user-and-network.first-wait=60s")) {
            assertThat(logIn(gateway, "wrong")).isEqualTo(400);
            try (IdentitiesClient client = client(gateway.uri("")).build()) {
                ThrottledException failure = failure(ThrottledException.class, client);
                assertThat(failure.status()).hasValue(429);
                assertThat(failure.code()).isPresent();
                assertThat(failure.requestId()).isPresent();
                assertThat(failure.until()).isAfter(Instant.now());
                IntStream.range(0, 100).forEach(i -> failure(ThrottledException.class, client));
                assertThat(logins(Outcome.THROTTLED)).isEqualTo(1);
            }
        }
    }

    @Test
    void closeEndsTheSessionAtTheGateway() throws Exception {
        try (RunningGateway gateway = start("identities.base-path=/identities")) {
            IdentitiesClient client = client(gateway.uri("/identities")).build();
            assertThat(call(client)).isEqualTo(200);
            String token = client.validAccessToken();
            assertThat(client.closeAsync()).succeedsWithin(Duration.ofSeconds(10));
            HttpRequest request = HttpRequest.newBuilder(gateway.uri("/identities/api/v1/people"))
                    .header("Authorization", "Bearer " + token)
                    .build();
            HttpResponse<Void> answer = HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
            assertThat(answer.statusCode()).isEqualTo(401);
        }
    }

    private void callFor(Duration time, Duration lifetime, Duration sessionLimit) throws Exception {
        try (RunningGateway gateway = start(
                        "identities.token.lifetime=" + lifetime.toSeconds() + "s",
                        "identities.token.session-limit=" + sessionLimit.toSeconds() + "s",
                        "identities.token.clock-skew=0s");
                IdentitiesClient client = client(gateway.uri("")).build()) {
            Instant end = Instant.now().plus(time);
            Map<Integer, Integer> answers = new ConcurrentHashMap<>();
            inParallel(() -> {
                while (Instant.now().isBefore(end)) {
                    answers.merge(call(client), 1, Integer::sum);
                }
                return 0;
            });
            assertThat(answers).containsOnlyKeys(200);
            long sessions = logins(Outcome.ACCEPTED);
            // A session gives up its last second, which no renewal could use.
            assertThat(sessions)
                    .isBetween(time.dividedBy(sessionLimit), time.dividedBy(sessionLimit.minusSeconds(2)) + 1);
            assertThat(renewals(Outcome.ACCEPTED)).isPositive();
            assertThat(renewedTokens).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo((int) sessions);
            // A machine that stands still for a second lets the token lapse that each thread has just taken; twice is
            // enough.
            assertThat(decisionsRefused()).isLessThanOrEqualTo(2 * THREADS);
        }
    }

    private long decisionsRefused() {
        return events.stream()
                .filter(event -> event instanceof SecurityEvent.Decision decision
                        && decision.door() == SecurityEvent.Door.PROXY
                        && decision.outcome() != Outcome.ACCEPTED)
                .count();
    }

    private long logins(Outcome outcome) {
        return events.stream()
                .filter(event -> event instanceof SecurityEvent.Login && event.outcome() == outcome)
                .count();
    }

    private long renewals(Outcome outcome) {
        return events.stream()
                .filter(event -> event instanceof SecurityEvent.Renewal && event.outcome() == outcome)
                .count();
    }

    private RunningGateway start(String... settings) {
        return RunningGateway.with("identities.backend.uri=" + backend.uri())
                .settings(settings)
                .bean(CredentialCheck.class, this::check)
                .bean(WebFilter.class, RenewalWatch::new)
                .bean(SecurityEvents.Listener.class, () -> this::record)
                .start();
    }

    private CredentialCheck check() {
        return credentials -> checkDown
                ? Mono.error(new CredentialCheckUnavailableException("down", false, null, null))
                : Mono.just(Optional.of(credentials.password())
                        .filter(rightPassword::equals)
                        .map(password -> Subject.named(credentials.username())));
    }

    private void record(SecurityEvent event) {
        if (!(event instanceof SecurityEvent.Decision) || event.outcome() != Outcome.ACCEPTED) {
            events.add(event);
        }
    }

    private static IdentitiesClientBuilder client(URI base) {
        return IdentitiesClient.builder(base).credentials("alice", "wonderland"::toCharArray);
    }

    private static int call(IdentitiesClient client) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(client.uri("/api/v1/people")).build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static List<Integer> callAtOnce(IdentitiesClient client) throws Exception {
        return inParallel(() -> call(client));
    }

    private static <T> List<T> inParallel(Callable<T> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<T>> running = IntStream.range(0, THREADS)
                    .mapToObj(i -> threads.submit(task))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> one : running) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static int logIn(RunningGateway gateway, String password) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/api/v1/authenticate"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"username\":\"alice\",\"password\":\"" + password + "\"}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    private static <T extends Throwable> T failure(Class<T> type, IdentitiesClient client) {
        T failure = catchThrowableOfType(type, client::validAccessToken);
        assertThat(failure).isNotNull();
        return failure;
    }

    /** Notes which tokens are brought to be renewed. */
    private final class RenewalWatch implements WebFilter, Ordered {

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            if (exchange.getRequest().getURI().getPath().endsWith("/renewToken")) {
                renewedTokens.add(exchange.getRequest().getHeaders().getFirst("Authorization"));
            }
            return chain.filter(exchange);
        }

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }
    }
}
