package io.identities.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import com.sun.net.httpserver.HttpExchange;
import io.identities.gateway.testing.MutableClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitiesClientTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final ManualScheduler scheduler = new ManualScheduler(clock);
    private final FakeGateway gateway = new FakeGateway(clock);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<char[]> passwords = new CopyOnWriteArrayList<>();
    private volatile String password = FakeGateway.PASSWORD;
    private final IdentitiesClient client = builder(gateway.uri()).build();

    @AfterEach
    void stop() {
        gate.countDown();
        client.close();
        gateway.close();
        scheduler.shutdownNow();
    }

    // Login

    @Test
    void logsInOnFirstUseAndOnce() throws Exception {
        assertThat(gateway.logins).hasValue(0);
        String token = client.validAccessToken();
        assertThat(gateway.isGood(token)).isTrue();
        assertThat(client.validAccessToken()).isEqualTo(token);
        assertThat(client.validAccessTokenAsync().join()).isEqualTo(token);
        assertThat(gateway.logins).hasValue(1);
        assertThat(gateway.renewals).hasValue(0);
    }

    @Test
    void anyNumberOfCallersWaitForOneLogIn() {
        gateway.onLogin = held(gateway::logIn);
        List<CompletableFuture<String>> callers =
                Stream.generate(client::validAccessTokenAsync).limit(100).toList();
        callers.get(0).cancel(true);
        gate.countDown();
        List<String> tokens =
                callers.stream().skip(1).map(CompletableFuture::join).distinct().toList();
        assertThat(tokens).hasSize(1);
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void readsThePasswordForEachLogInAndWipesIt() throws Exception {
        client.validAccessToken();
        clock.advance(Duration.ofHours(2));
        client.validAccessToken();
        assertThat(passwords).hasSize(2);
        assertThat(passwords).allSatisfy(array -> assertThat(array).containsOnly('\0'));
    }

    @Test
    void worksBelowABasePath() throws Exception {
        try (FakeGateway below = new FakeGateway(clock, "/identities");
                IdentitiesClient client =
                        builder(URI.create(below.uri() + "/identities/")).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(client.uri("/things?a=%20")).build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    // Renewal

    @ParameterizedTest
    @CsvSource({"0.0, 0.70", "1.0, 0.80"})
    void renewsAroundThreeQuartersOfTheLifetime(double random, double fraction) throws Exception {
        try (IdentitiesClient client =
                builder(gateway.uri()).random(() -> random).build()) {
            client.validAccessToken();
            double usable = 599_000;
            assertThat(scheduler.next().toMillis())
                    .isBetween((long) (usable * fraction), (long) (usable * fraction) + 2);
        }
    }

    @Test
    void renewsInTheBackgroundAndOncePerToken() throws Exception {
        String first = client.validAccessToken();
        scheduler.advance(Duration.ofMinutes(9));
        await().until(() -> !client.validAccessToken().equals(first));
        assertThat(gateway.renewals).hasValue(1);
        scheduler.advance(Duration.ofMinutes(9));
        await().untilAtomic(gateway.renewals, is(2));
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void handsOutTheOldTokenWhileOneRenewalIsUnderWay() throws Exception {
        String first = client.validAccessToken();
        gateway.onRenewal = held(gateway::renew);
        clock.advance(Duration.ofMinutes(9));
        for (int i = 0; i < 50; i++) {
            assertThat(client.validAccessToken()).isEqualTo(first);
        }
        await().untilAtomic(gateway.renewals, is(1));
        gate.countDown();
        await().until(() -> !client.validAccessToken().equals(first));
        assertThat(gateway.renewals).hasValue(1);
    }

    @Test
    void callersWaitForOneRenewalOnceTheTokenIsAboutToEnd() throws Exception {
        String first = client.validAccessToken();
        gateway.onRenewal = held(gateway::renew);
        clock.advance(Duration.ofMinutes(10).minusSeconds(3));
        List<CompletableFuture<String>> callers =
                Stream.generate(client::validAccessTokenAsync).limit(50).toList();
        assertThat(callers).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        assertThat(callers.stream().map(CompletableFuture::join).distinct())
                .hasSize(1)
                .doesNotContain(first);
        assertThat(gateway.renewals).hasValue(1);
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void neverHandsOutAnEndedTokenWhateverTheFractionIs() throws Exception {
        for (double fraction : new double[] {0.1, 0.5, 0.9}) {
            try (IdentitiesClient client =
                    builder(gateway.uri()).renewAfter(fraction).random(() -> 1).build()) {
                for (int i = 0; i < 60; i++) {
                    clock.advance(Duration.ofSeconds(4 * i));
                    assertThat(gateway.isGood(client.validAccessToken())).isTrue();
                }
            }
        }
    }

    @Test
    void logsInAgainWhenARenewalIsRefused() throws Exception {
        client.validAccessToken();
        gateway.forgetTokens();
        clock.advance(Duration.ofMinutes(10).minusSeconds(3));
        assertThat(gateway.isGood(client.validAccessToken())).isTrue();
        assertThat(gateway.logins).hasValue(2);
        assertThat(gateway.renewals).hasValue(1);
    }

    @Test
    void logsInAgainAtTheSessionLimitAndOnlyThere() throws Exception {
        gateway.sessionLimit = Duration.ofMinutes(30);
        for (int second = 0; second < 3600; second += 5) {
            assertThat(gateway.isGood(client.validAccessToken())).isTrue();
            scheduler.advance(Duration.ofSeconds(5));
        }
        assertThat(gateway.logins.get()).isBetween(2, 3);
        assertThat(gateway.mostTokenRequestsAtOnce).hasValue(1);
    }

    @Test
    void aClientThatNobodyUsesDoesNotLogInAgain() throws Exception {
        gateway.sessionLimit = Duration.ofMinutes(15);
        client.validAccessToken();
        scheduler.advance(Duration.ofMinutes(9));
        await().untilAtomic(gateway.renewals, is(1));
        client.validAccessTokenAsync();
        for (int minute = 0; minute < 60; minute++) {
            scheduler.advance(Duration.ofMinutes(1));
        }
        assertThat(gateway.logins).hasValueLessThanOrEqualTo(2);
        assertThat(gateway.isGood(client.validAccessToken())).isTrue();
    }

    @Test
    void keepsTheOldTokenWhenARenewalFailsAndAsksAgainAfterTheGatewaysOwnWait() throws Exception {
        String first = client.validAccessToken();
        gateway.onRenewal = exchange -> FakeGateway.problem(exchange, 503, "credential_check_unavailable", "20");
        scheduler.advance(Duration.ofMinutes(8));
        await().untilAtomic(gateway.renewals, is(1));
        await().until(() -> scheduler.next().compareTo(Duration.ofMinutes(1)) < 0);
        for (int second = 0; second < 19; second++) {
            scheduler.advance(Duration.ofSeconds(1));
            assertThat(client.validAccessToken()).isEqualTo(first);
        }
        assertThat(gateway.renewals).hasValue(1);
        gateway.onRenewal = gateway::renew;
        scheduler.advance(Duration.ofSeconds(2));
        await().until(() -> !client.validAccessToken().equals(first));
        assertThat(gateway.renewals).hasValue(2);
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void aClockThatIsSetBackKeepsNoTokenForLonger() throws Exception {
        String first = client.validAccessToken();
        clock.advance(Duration.ofHours(-1));
        assertThat(client.validAccessToken()).isNotEqualTo(first);
        assertThat(gateway.renewals).hasValue(1);
        assertThat(client.validAccessToken()).isEqualTo(client.validAccessToken());
        assertThat(gateway.renewals).hasValue(1);
    }

    @Test
    void aClockThatIsSetBackKeepsNoFailureForLonger() throws Exception {
        password = "mistyped";
        failure(WrongCredentialsException.class);
        password = FakeGateway.PASSWORD;
        clock.advance(Duration.ofHours(-1));
        assertThat(gateway.isGood(client.validAccessToken())).isTrue();
    }

    @Test
    void aClockThatIsSetBackKeepsNobodyFromReplacingATokenForLonger() throws Exception {
        gateway.onApi = exchange -> FakeGateway.problem(exchange, 401, "invalid_token");
        HttpRequest request = HttpRequest.newBuilder(client.uri("/things")).build();
        client.send(request, BodyHandlers.discarding());
        assertThat(gateway.logins).hasValue(2);
        clock.advance(Duration.ofHours(-1));
        client.validAccessToken();
        client.send(request, BodyHandlers.discarding());
        assertThat(gateway.logins).hasValue(3);
    }

    @Test
    void readsThePasswordInTheSchedulerAlsoAfterARefusedRenewal() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        try (IdentitiesClient client = builder(gateway.uri())
                .credentials("alice", () -> {
                    threads.add(Thread.currentThread());
                    return FakeGateway.PASSWORD.toCharArray();
                })
                .build()) {
            client.validAccessToken();
            gateway.forgetTokens();
            clock.advance(Duration.ofMinutes(10).minusSeconds(3));
            client.validAccessToken();
        }
        assertThat(threads).hasSize(2);
        assertThat(threads.get(1)).isSameAs(threads.get(0));
    }

    // Requests

    @Test
    void cancellingACallCancelsItsRequest() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                IdentitiesClient client = builder(gateway.uri())
                        .trust(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                        .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                    .build();
            CompletableFuture<?> call = client.sendAsync(request, BodyHandlers.discarding());
            try (Socket connection = silent.accept()) {
                connection.setSoTimeout(10_000);
                assertThat(connection.getInputStream().read()).isEqualTo('G');
                call.cancel(true);
                assertThat(hasEnded(connection)).isTrue();
            }
        }
    }

    @Test
    void sendsTheTokenInPlaceOfTheCallersOwnHeader() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(client.uri("/things"))
                .header("authorization", "Basic Zm9v")
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("{\"ok\":true}");
        assertThat(client.sendAsync(request, BodyHandlers.ofString()).join().statusCode())
                .isEqualTo(200);
    }

    @Test
    void repeatsARequestOnceWithAFreshTokenAfter401() throws Exception {
        client.validAccessToken();
        gateway.forgetTokens();
        HttpRequest request = HttpRequest.newBuilder(client.uri("/things"))
                .POST(BodyPublishers.ofString("hello"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        gateway.forgetTokens();
        clock.advance(Duration.ofMinutes(2));
        assertThat(client.sendAsync(request, BodyHandlers.ofString()).join().statusCode())
                .isEqualTo(200);
        assertThat(gateway.apiBodies).containsExactly("hello", "hello", "hello", "hello");
        assertThat(gateway.apiAnswers).containsExactly(401, 200, 401, 200);
        assertThat(gateway.logins).hasValue(3);
    }

    @Test
    void manyCallersWith401CauseOneLogIn() throws Exception {
        client.validAccessToken();
        gateway.forgetTokens();
        List<CompletableFuture<Integer>> calls = Stream.generate(() -> client.sendAsync(
                                HttpRequest.newBuilder(client.uri("/things")).build(), BodyHandlers.discarding())
                        .thenApply(answer -> answer.statusCode()))
                .limit(30)
                .toList();
        assertThat(calls).allSatisfy(call -> assertThat(call.join()).isEqualTo(200));
        assertThat(gateway.logins).hasValue(2);
    }

    @Test
    void givesBackThe401WhereTheBodyCannotBeRepeated() throws Exception {
        client.validAccessToken();
        gateway.forgetTokens();
        HttpRequest request = HttpRequest.newBuilder(client.uri("/things"))
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[] {'x'})))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("invalid_token");
        assertThat(gateway.apiAnswers).containsExactly(401);
    }

    @Test
    void aServiceThatAnswers401ToEverythingCausesNoStormOfLogIns() throws Exception {
        gateway.onApi = exchange -> FakeGateway.problem(exchange, 401, "invalid_token");
        HttpRequest request = HttpRequest.newBuilder(client.uri("/things")).build();
        for (int i = 0; i < 20; i++) {
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
        }
        assertThat(gateway.logins).hasValue(2);
    }

    @Test
    void showsTheTokenToNobodyElse() {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/things")).build();
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://127.0.0.1:1");
        assertThat(gateway.logins).hasValue(0);
    }

    @Test
    void goesToAnotherOriginThatIsTrusted() throws Exception {
        try (FakeGateway companion = new FakeGateway(clock);
                IdentitiesClient client =
                        builder(gateway.uri()).trust(companion.uri()).build()) {
            companion.onApi = exchange ->
                    FakeGateway.send(exchange, 200, exchange.getRequestHeaders().getFirst("Authorization"));
            HttpRequest request =
                    HttpRequest.newBuilder(companion.uri().resolve("/things")).build();
            assertThat(client.send(request, BodyHandlers.ofString()).body())
                    .isEqualTo("Bearer " + client.validAccessToken());
        }
    }

    // Failures

    @Test
    void wrongPasswordIsToldWithCodeAndRequestIdAndRecoversOnceItIsRight() throws Exception {
        password = "mistyped";
        WrongCredentialsException failure = failure(WrongCredentialsException.class);
        assertThat(failure.code()).hasValue("invalid_credentials");
        assertThat(failure.requestId()).hasValue("req-400");
        assertThat(failure.status()).hasValue(400);
        assertThat(failure).hasMessageContaining("invalid_credentials").hasMessageContaining("req-400");
        for (int i = 0; i < 100; i++) {
            failure(WrongCredentialsException.class);
        }
        assertThat(gateway.logins).hasValue(1);
        password = FakeGateway.PASSWORD;
        clock.advance(Duration.ofSeconds(1));
        assertThat(gateway.isGood(client.validAccessToken())).isTrue();
        assertThat(gateway.logins).hasValue(2);
    }

    @Test
    void wrongPasswordsAreTriedEverMoreRarely() {
        password = "mistyped";
        for (int second = 0; second < 300; second++) {
            failure(WrongCredentialsException.class);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(gateway.logins.get()).isBetween(10, 25);
    }

    @Test
    void throttlingLeavesTheGatewayAloneUntilRetryAfterIsOver() throws Exception {
        gateway.onLogin = exchange -> FakeGateway.problem(exchange, 429, "too_many_attempts", "30");
        Instant until = clock.instant().plusSeconds(30);
        ThrottledException failure = failure(ThrottledException.class);
        assertThat(failure.until()).isEqualTo(until);
        assertThat(failure.code()).hasValue("too_many_attempts");
        assertThat(failure.requestId()).hasValue("req-429");
        gateway.onLogin = gateway::logIn;
        clock.advance(Duration.ofSeconds(29));
        assertThat(failure(ThrottledException.class).until()).isEqualTo(until);
        assertThat(gateway.logins).hasValue(1);
        clock.advance(Duration.ofSeconds(1));
        client.validAccessToken();
        assertThat(gateway.logins).hasValue(2);
    }

    @Test
    void retryAfterMayBeADate() {
        Instant until = clock.instant().plusSeconds(90);
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC));
        gateway.onLogin = exchange -> FakeGateway.problem(exchange, 503, "credential_check_unavailable", date);
        assertThat(failure(UnavailableException.class).until()).isEqualTo(until);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "0", "999999999", "Thu, 01 Jan 1970 00:00:00 GMT"})
    void aSenselessRetryAfterIsBounded(String retryAfter) {
        gateway.onLogin = exchange -> FakeGateway.problem(exchange, 503, "credential_check_unavailable", retryAfter);
        assertThat(failure(UnavailableException.class).until())
                .isAfter(clock.instant())
                .isBeforeOrEqualTo(clock.instant().plus(Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void anOutageIsUnavailableAndBacksOff(int status) {
        gateway.onLogin = exchange -> FakeGateway.problem(exchange, status, "upstream_unavailable");
        UnavailableException failure = failure(UnavailableException.class);
        assertThat(failure.code()).hasValue("upstream_unavailable");
        assertThat(failure.status()).hasValue(status);
        assertThat(failure.until()).isAfter(clock.instant());
        for (int second = 0; second < 300; second++) {
            failure(UnavailableException.class);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(gateway.logins.get()).isBetween(10, 25);
    }

    @Test
    void anUnreachableGatewayIsUnavailableAndComesBack() throws Exception {
        client.validAccessToken();
        URI nobody = URI.create("http://127.0.0.1:1");
        try (IdentitiesClient lost = builder(nobody).build()) {
            UnavailableException failure = catchThrowableOfType(UnavailableException.class, lost::validAccessToken);
            assertThat(failure.status()).isEmpty();
            assertThat(failure.code()).isEmpty();
            assertThat(failure).hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aGatewayThatDoesNotAnswerIsUnavailable() {
        gateway.onLogin = held(gateway::logIn);
        try (IdentitiesClient hasty =
                builder(gateway.uri()).timeout(Duration.ofMillis(200)).build()) {
            assertThat(catchThrowableOfType(UnavailableException.class, hasty::validAccessToken))
                    .isNotNull();
        }
    }

    @Test
    void anAnswerWithoutEndIsUnavailable() {
        gateway.onLogin = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = new byte[8192];
            for (int i = 0; i < 1_000_000; i++) {
                exchange.getResponseBody().write(blanks);
            }
        };
        assertThat(failure(UnavailableException.class)).hasStackTraceContaining("longer than 65536 bytes");
    }

    @Test
    void whatIsNotAGatewayIsRefused() {
        List<FakeGateway.Endpoint> strangers = List.of(
                exchange -> redirect(exchange),
                exchange -> FakeGateway.send(exchange, 200, "<html>Sign in</html>"),
                exchange -> FakeGateway.send(exchange, 200, "{\"token\":\"opaque\"}"),
                exchange -> FakeGateway.send(exchange, 200, "{\"token\":\"a.e30.b\"}"),
                exchange -> FakeGateway.send(exchange, 200, "{\"token\":\"a\\r\\nX: 1\"}"),
                exchange -> FakeGateway.problem(exchange, 404, "not_found"),
                exchange -> FakeGateway.problem(exchange, 400, "invalid_request"));
        for (FakeGateway.Endpoint stranger : strangers) {
            gateway.onLogin = stranger;
            failure(RefusedException.class);
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(gateway.logins).hasValue(strangers.size());
    }

    @Test
    void aPasswordThatCannotBeReadIsUnavailable() {
        try (IdentitiesClient client = IdentitiesClient.builder(gateway.uri())
                .credentials("alice", () -> {
                    throw new IllegalStateException("vault sealed");
                })
                .build()) {
            assertThat(catchThrowableOfType(UnavailableException.class, client::validAccessToken))
                    .hasRootCauseMessage("vault sealed");
        }
        assertThat(gateway.logins).hasValue(0);
    }

    // Close

    @Test
    void closeRevokesTheTokenAndStopsEverything() throws Exception {
        String token = client.validAccessToken();
        client.close();
        client.close();
        assertThat(gateway.isGood(token)).isFalse();
        assertThat(gateway.revocations).hasValue(1);
        assertThatThrownBy(client::validAccessToken).isInstanceOf(IllegalStateException.class);
        scheduler.advance(Duration.ofHours(1));
        assertThat(gateway.renewals).hasValue(0);
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void closeOfAnUnusedClientAsksNobody() {
        client.close();
        assertThat(gateway.revocations).hasValue(0);
        assertThat(gateway.logins).hasValue(0);
    }

    @Test
    void closeDuringALogInRevokesWhatComesOfIt() {
        gateway.onLogin = held(gateway::logIn);
        CompletableFuture<String> caller = client.validAccessTokenAsync();
        await().untilAtomic(gateway.logins, is(1));
        CompletableFuture<Void> closed = client.closeAsync();
        gate.countDown();
        assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
        assertThat(gateway.isGood(caller.join())).isFalse();
    }

    @Test
    void closeDuringARefusedRenewalNeitherHangsNorLogsIn() throws Exception {
        client.validAccessToken();
        gateway.onRenewal = held(exchange -> FakeGateway.problem(exchange, 401, "invalid_token"));
        scheduler.advance(Duration.ofMinutes(9));
        await().untilAtomic(gateway.renewals, is(1));
        CompletableFuture<Void> closed = client.closeAsync();
        gate.countDown();
        assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
        assertThat(gateway.logins).hasValue(1);
    }

    @Test
    void closeAsyncTellsWhenTheTokenMayStillBeGood() throws Exception {
        client.validAccessToken();
        gateway.onRevocation = exchange -> FakeGateway.problem(exchange, 503, "revocations_unavailable");
        assertThat(client.closeAsync())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(UnavailableException.class);
    }

    // Construction and text

    @Test
    void nothingPrintsASecret() throws Exception {
        String token = client.validAccessToken();
        assertThat(client.toString())
                .contains(gateway.uri().toString(), "token held")
                .doesNotContain(token, "alice", FakeGateway.PASSWORD);
        IssuedToken issued = new IssuedToken(token, clock.instant(), Duration.ofMinutes(1));
        assertThat(issued.toString() + HeldToken.ofLogin(issued, 0.5) + new Reply(true, issued, null))
                .doesNotContain(token);
        assertThat(new Credentials("alice", FakeGateway.PASSWORD::toCharArray).toString())
                .doesNotContain("alice", FakeGateway.PASSWORD);
    }

    @Test
    void refusesWhatWouldLeakOrCannotWork() {
        HttpClient following = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        List<Runnable> mistakes = new ArrayList<>(List.of(
                () -> builder(gateway.uri()).httpClient(following),
                () -> builder(URI.create("ftp://127.0.0.1")),
                () -> builder(URI.create("/relative")),
                () -> builder(URI.create("http://a:b@127.0.0.1/")),
                () -> builder(URI.create("http://127.0.0.1/?q")),
                () -> builder(gateway.uri()).timeout(Duration.ZERO),
                () -> builder(gateway.uri()).renewAfter(1),
                () -> builder(gateway.uri()).renewTokenPath("renew"),
                () -> client.uri("things")));
        assertThat(mistakes)
                .allSatisfy(mistake -> assertThatThrownBy(mistake::run).isInstanceOf(IllegalArgumentException.class));
        assertThatThrownBy(() -> IdentitiesClient.builder(gateway.uri()).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("credentials");
    }

    private IdentitiesClientBuilder builder(URI base) {
        return IdentitiesClient.builder(base)
                .credentials("alice", () -> {
                    char[] secret = password.toCharArray();
                    passwords.add(secret);
                    return secret;
                })
                .clock(clock)
                .scheduler(scheduler)
                .random(() -> 0.5);
    }

    private static boolean hasEnded(Socket connection) throws SocketTimeoutException {
        try {
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // Reset rather than closed.
            return true;
        }
    }

    private <T extends Throwable> T failure(Class<T> type) {
        T failure = catchThrowableOfType(type, client::validAccessToken);
        assertThat(failure).isNotNull();
        return failure;
    }

    private FakeGateway.Endpoint held(FakeGateway.Endpoint endpoint) {
        return exchange -> {
            try {
                if (!gate.await(30, TimeUnit.SECONDS)) {
                    throw new IOException("Nobody opened the gate");
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            endpoint.answer(exchange);
        };
    }

    private static void redirect(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(302, -1);
    }
}
