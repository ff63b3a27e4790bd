package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.audit.SecurityEvent;
import io.identities.gateway.audit.SecurityEvent.Outcome;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.credentials.Credentials;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import io.identities.gateway.token.AccessToken;
import io.identities.gateway.token.Revocation;
import io.identities.gateway.token.RevocationStore;
import io.identities.gateway.token.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Sessions with a user's own credential check and revocation store, and what is published about them. */
class SessionPortsIT {

    private static final Check check = new Check();
    private static final Store store = new Store();
    private static final List<SecurityEvent> events = new CopyOnWriteArrayList<>();

    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.with("identities.mode=companion")
                .bean(CredentialCheck.class, () -> check)
                .bean(RevocationStore.class, () -> store)
                .bean(SecurityEvents.Listener.class, () -> events::add)
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        check.check = credentials -> Mono.just(Optional.empty());
        check.recheck = subject -> Mono.just(Optional.of(subject));
        store.revoke = revocation -> Mono.empty();
        store.verdict = RevocationStore.Verdict.GOOD;
        events.clear();
    }

    @Test
    void loginCountsFromBeforeItsCheckSoThatARevocationMeanwhileCoversIt() throws IOException {
        AtomicReference<Instant> asked = new AtomicReference<>();
        check.check = credentials -> {
            asked.set(Instant.now());
            return Mono.delay(Duration.ofMillis(5)).thenReturn(Optional.of(Subject.named(credentials.username())));
        };
        Answer login = logIn("alice");
        assertThat(login.status()).isEqualTo(200);
        String sid = claims(login).replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        long began = UUID.fromString(sid).getMostSignificantBits() >>> 16;
        assertThat(Instant.ofEpochMilli(began)).isBeforeOrEqualTo(asked.get());
    }

    @Test
    @DisplayName("LOG-09 a renewal takes the roles of today")
    void log09_rolesOfToday() throws IOException {
        check.recheck = subject -> Mono.just(Optional.of(new Subject("alice", List.of("new"), Map.of())));
        Answer renewal = renew(sessionToken("s1"));
        assertThat(renewal.status()).isEqualTo(200);
        assertThat(claims(renewal)).contains("\"roles\":[\"new\"]", "\"sid\":\"s1\"");
        assertThat(renewalEvent()).isEqualTo(Outcome.ACCEPTED + " renewed alice");
    }

    @Test
    @DisplayName("LOG-09 a removed account is not renewed")
    void log09_accountGone() throws IOException {
        check.recheck = subject -> Mono.just(Optional.empty());
        assertThat(renew(sessionToken("s1")).status()).isEqualTo(401);
        assertThat(renewalEvent()).isEqualTo(Outcome.REFUSED + " account_gone alice");
        check.recheck = subject -> Mono.just(Optional.of(Subject.named("mallory")));
        assertThat(renew(sessionToken("s1")).status()).isEqualTo(401);
    }

    @Test
    @DisplayName("CAC-05 an outage of the check is 503 at renewal, not 401, and is not remembered")
    void cac05_outageAtRenewal() throws IOException {
        check.recheck = subject -> Mono.error(new IllegalStateException("down with wonderland"));
        Answer outage = renew(sessionToken("s1"));
        assertThat(outage.status()).isEqualTo(503);
        assertThat(outage.header("retry-after")).matches("[1-9][0-9]*");
        assertThat(outage.header("www-authenticate")).isNull();
        assertThat(outage.text())
                .contains("\"code\":\"credential_check_unavailable\"")
                .doesNotContain("wonderland");
        assertThat(renewalEvent()).isEqualTo(Outcome.UNDECIDED + " credential_check_unavailable alice");
        check.recheck = subject -> Mono.just(Optional.of(subject));
        assertThat(renew(sessionToken("s1")).status()).isEqualTo(200);
    }

    @Test
    void tokensThatCannotBeRenewedAreRefusedAndReported() throws IOException {
        assertThat(renew(TestTokens.token().mint()).status()).isEqualTo(401);
        assertThat(renewalEvent()).isEqualTo(Outcome.REFUSED + " not_renewable alice");
        events.clear();
        assertThat(renew("a.b.c").status()).isEqualTo(401);
        assertThat(renewalEvent()).isEqualTo(Outcome.REFUSED + " malformed null");
        events.clear();
        Answer none = RawConnection.exchange(gateway.port(), "GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\n\r\n");
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.header("www-authenticate")).isEqualTo("Bearer realm=\"identities\"");
        assertThat(renewalEvent()).isEqualTo(Outcome.REFUSED + " no_token null");
        assertThat(events).contains(new SecurityEvent.Decision(Outcome.REFUSED, "no_token", SecurityEvent.Door.RENEW));
    }

    @Test
    void aTokenWhoseRolesAreTooLargeForAHeaderIsRenewedAndRevoked() throws IOException {
        String large = TestTokens.sessionToken(Instant.now(), "s1")
                .roles("r".repeat(2049))
                .mint();
        assertThat(renew(large).status()).isEqualTo(200);
        assertThat(revoke(large).status()).isEqualTo(204);
    }

    @Test
    void aRenewalWhoseClientLeavesIsReported() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        check.recheck = subject -> Mono.<Optional<Subject>>never().doOnSubscribe(waiting -> asked.countDown());
        try (RawConnection connection = new RawConnection(gateway.port())) {
            connection.send("GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + sessionToken("s1")
                    + "\r\n\r\n");
            await().until(() -> asked.getCount() == 0);
        }
        await().untilAsserted(() -> assertThat(renewalEvent()).isEqualTo(Outcome.UNDECIDED + " client_gone alice"));
    }

    @Test
    void unknownRevocationStateIs503EverywhereButNever401() throws IOException {
        store.verdict = RevocationStore.Verdict.UNKNOWN;
        for (Answer answer : List.of(renew(sessionToken("s1")), revoke(sessionToken("s1")))) {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isNotNull();
        }
        assertThat(renewalEvent()).isEqualTo(Outcome.UNDECIDED + " revocations_unknown null");
    }

    @Test
    void revocationIsConfirmedReportedAndScoped() throws IOException {
        assertThat(revoke(sessionToken("s7")).status()).isEqualTo(204);
        assertThat(store.last)
                .isInstanceOfSatisfying(
                        Revocation.OfSession.class,
                        revocation -> assertThat(revocation.sessionId()).isEqualTo("s7"));
        assertThat(revocationEvent()).isEqualTo(Outcome.ACCEPTED + " revoked session alice");
        events.clear();
        assertThat(revoke(TestTokens.token().claim("jti", "j1").mint()).status())
                .isEqualTo(204);
        assertThat(store.last).isInstanceOf(Revocation.OfToken.class);
        assertThat(revocationEvent()).isEqualTo(Outcome.ACCEPTED + " revoked token alice");
        events.clear();
        assertThat(revoke("a.b.c").status()).isEqualTo(401);
        assertThat(revocationEvent()).isEqualTo(Outcome.REFUSED + " malformed session null");
    }

    @Test
    void unconfirmedRevocationIs503WithRetryAfter() throws IOException {
        store.revoke = revocation ->
                Mono.error(new RevocationStore.RevocationUnconfirmedException("no", new IOException("no")));
        Answer unconfirmed = revoke(sessionToken("s1"));
        assertThat(unconfirmed.status()).isEqualTo(503);
        assertThat(unconfirmed.header("retry-after")).isEqualTo("1");
        assertThat(unconfirmed.text()).contains("\"code\":\"revocations_unavailable\"");
        assertThat(revocationEvent()).isEqualTo(Outcome.UNDECIDED + " unconfirmed session alice");
    }

    @Test
    @DisplayName("PATH-11 nothing answers without a token but login, the public keys and 404")
    void path11_everyLocalPathWithoutAToken() throws IOException {
        for (String path : List.of(
                "/",
                "/error",
                "/login",
                "/logout",
                "/graphiql",
                "/swagger-ui.html",
                "/v3/api-docs",
                "/actuator",
                "/actuator/health",
                "/actuator/gateway/routes",
                "/index.html",
                "/favicon.ico",
                "/webjars/x.js",
                "/META-INF/MANIFEST.MF",
                "/application.yml",
                "/.well-known/jwks.json")) {
            Answer answer = RawConnection.exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: gw\r\n\r\n");
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("content-type")).as(path).isEqualTo("application/problem+json");
        }
        assertThat(RawConnection.exchange(gateway.port(), "GET /forward-auth HTTP/1.1\r\nHost: gw\r\n\r\n")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void publicKeysAreCacheableAndConditional(@TempDir Path keys) throws IOException {
        Files.writeString(
                keys.resolve("k1.pem"), TestKeys.pem(TestKeys.rsa("published").getPrivate()));
        try (RunningGateway published = RunningGateway.with("identities.mode=companion")
                .without("identities.keys.secret")
                .settings("identities.keys.directory=" + keys, "identities.endpoints.authenticate.enabled=false")
                .start()) {
            String get = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: gw\r\n";
            Answer document = RawConnection.exchange(published.port(), get + "\r\n");
            assertThat(document.status()).isEqualTo(200);
            assertThat(document.header("content-type")).isEqualTo("application/json");
            assertThat(document.headers("cache-control")).containsExactly("max-age=90, public");
            assertThat(document.text()).contains("\"kid\":\"k1\"").doesNotContain("\"d\":", "\"p\":");
            String etag = document.header("etag");
            assertThat(etag).startsWith("\"");
            Answer unchanged = RawConnection.exchange(published.port(), get + "If-None-Match: " + etag + "\r\n\r\n");
            assertThat(unchanged.status()).isEqualTo(304);
            assertThat(unchanged.header("etag")).isEqualTo(etag);
            Answer changed = RawConnection.exchange(published.port(), get + "If-None-Match: \"x\"\r\n\r\n");
            assertThat(changed.status()).isEqualTo(200);
            Answer posted = RawConnection.exchange(
                    published.port(), "POST /.well-known/jwks.json HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n\r\n");
            assertThat(posted.status()).isEqualTo(405);
            assertThat(posted.header("allow")).isEqualTo("GET, HEAD");
        }
    }

    private static String sessionToken(String sid) {
        return TestTokens.sessionToken(Instant.now(), sid).mint();
    }

    private static String claims(Answer issued) {
        String token = issued.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }

    private static Answer logIn(String username) throws IOException {
        String body = "{\"username\":\"" + username + "\",\"password\":\"wonderland\"}";
        return RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body);
    }

    private static Answer renew(String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "GET /api/v1/renewToken HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    }

    private static Answer revoke(String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "POST /api/v1/revokeToken HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n");
    }

    private static String renewalEvent() {
        List<String> found = events.stream()
                .filter(SecurityEvent.Renewal.class::isInstance)
                .map(SecurityEvent.Renewal.class::cast)
                .map(event -> event.outcome() + " " + event.reason() + " " + event.username())
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String revocationEvent() {
        List<String> found = events.stream()
                .filter(SecurityEvent.Revocation.class::isInstance)
                .map(SecurityEvent.Revocation.class::cast)
                .map(event -> event.outcome() + " " + event.reason() + " " + event.scope() + " " + event.username())
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static final class Check implements CredentialCheck {

        private volatile Function<Subject, Mono<Optional<Subject>>> recheck =
                subject -> Mono.just(Optional.of(subject));

        private volatile Function<Credentials, Mono<Optional<Subject>>> check = credentials -> Mono.empty();

        @Override
        public Mono<Optional<Subject>> check(Credentials credentials) {
            return check.apply(credentials);
        }

        @Override
        public @Nullable Mono<Optional<Subject>> recheck(Subject subject) {
            return recheck.apply(subject);
        }
    }

    private static final class Store implements RevocationStore {

        private volatile Verdict verdict = Verdict.GOOD;
        private volatile Function<Revocation, Mono<Void>> revoke = revocation -> Mono.empty();
        private volatile @Nullable Revocation last;

        @Override
        public Verdict verdict(AccessToken token) {
            return verdict;
        }

        @Override
        public Mono<Void> revoke(Revocation revocation) {
            last = revocation;
            return revoke.apply(revocation);
        }

        @Override
        public AutoCloseable onRevocation(Consumer<Revocation> listener) {
            return () -> {};
        }

        @Override
        public Status status() {
            return new Status(true, true, 0, 0, 0);
        }
    }
}
