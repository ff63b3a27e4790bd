package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.TestCertificates;
import io.identities.gateway.token.IssuanceCheck;
import io.identities.gateway.token.SharedState;
import io.identities.gateway.token.Subject;
import io.identities.gateway.token.TokenFixtures;
import io.identities.gateway.token.TokenTerms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.bcrypt.BCrypt;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** From settings to a login. */
class CredentialConfigurationTest {

    @TempDir
    Path folder;

    private String[] requiredClaims = {};
    private String usernameClaim = "unique_name";

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withBean(Clock.class, MutableClock::startingNow)
            .withBean(SecurityEvents.class, () -> new SecurityEvents(List.of()))
            .withBean(TokenTerms.class, () -> tokens().terms())
            .withBean(IssuanceCheck.class, () -> tokens().issuanceCheck(8_000))
            .withBean(SharedState.class, () -> new SharedState(false, ""))
            .withUserConfiguration(Settings.class, CredentialConfiguration.class);

    @EnableConfigurationProperties(CredentialSettings.class)
    @Configuration(proxyBeanMethods = false)
    static class Settings {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "identities.credentials.max-concurrent=9|identities.credentials.check: found nothing, expected http, htpasswd or ldap",
                "identities.credentials.check=http|identities.credentials.http.uri: found nothing",
                "identities.credentials.check=htpasswd|identities.credentials.htpasswd.file: found nothing",
                "identities.credentials.check=ldap|identities.credentials.ldap.uris: found nothing",
                "identities.credentials.check=http;identities.credentials.http.uri=localhost:8080|identities.credentials.http.uri: found localhost:8080",
                "identities.credentials.check=http;identities.credentials.http.uri=ftp://a|identities.credentials.http.uri: found ftp://a",
                "identities.credentials.check=http;identities.credentials.http.uri=http://u:secret@a|identities.credentials.http.uri: found an address with a user in it",
                "identities.credentials.check=http;identities.credentials.http.uri=http://u:secret@a_b/c|identities.credentials.http.uri: found an address with a user in it",
                "identities.credentials.check=http;identities.credentials.http.uri=ftp://a/b?key=secret|identities.credentials.http.uri: found ftp://a/b?***, expected",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://a/b?key=secret|identities.credentials.http.status-uri: found http://a/b?***, expected",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://u:secret@a_b|identities.credentials.ldap.uris: found an address with a user in it",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.success-codes=200,302|identities.credentials.http.success-codes: found 302",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.success-codes=200,401|identities.credentials.http.refusal-codes: found 401",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.style=oauth2-password|identities.credentials.http.client-id: found nothing",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.roles-pointer=roles|identities.credentials.http.roles-pointer: found roles",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.claims.exp=/exp|identities.credentials.http.claims: found exp",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://a/b|identities.credentials.http.status-uri: found http://a/b",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://{username}/b|identities.credentials.http.status-uri: found http://{username}/b",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://a.{username}:80/{username}|identities.credentials.http.status-uri: found http://a.{username}:80",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://u:secret@a/{username}|identities.credentials.http.status-uri: found an address with a user in it",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.status-uri=http://u:secret@a b/{username}|identities.credentials.http.status-uri: found an address with a user in it",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.success-codes=|identities.credentials.http.success-codes: found nothing",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.refusal-codes=|identities.credentials.http.refusal-codes: found nothing",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.timeout=0s|identities.credentials.http.timeout: found PT0S",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.http.ssl-bundle=check|identities.credentials.http.ssl-bundle: found 'check' without TLS to use it for, expected an https address, or no bundle",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a;identities.credentials.ldap.ssl-bundle=check|identities.credentials.ldap.ssl-bundle: found 'check' without TLS to use it for, expected an ldaps:// address or start-tls, or no bundle",
                "identities.credentials.check=htpasswd;identities.credentials.htpasswd.file=/nowhere/at/all|identities.credentials.htpasswd.file: found /nowhere/at/all, which is not there",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=http://a|identities.credentials.ldap.uris: found http://a",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a|identities.credentials.ldap.user-dn: found nothing",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a;identities.credentials.ldap.user-dn=uid=alice|identities.credentials.ldap.user-dn: found uid=alice",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a;identities.credentials.ldap.user-base=dc=a;identities.credentials.ldap.user-filter=(uid={username}|identities.credentials.ldap.user-filter: found (uid={username}",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a;identities.credentials.ldap.user-base=dc=a;identities.credentials.ldap.bind-dn=cn=a|identities.credentials.ldap.bind-password: found nothing",
                "identities.credentials.check=ldap;identities.credentials.ldap.uris=ldap://a;identities.credentials.ldap.user-base=dc=a;identities.credentials.max-concurrent=2147483647|identities.credentials.max-concurrent: found 2147483647, expected 1 to 100000",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.circuit-breaker.window=2147483647|identities.credentials.circuit-breaker.window: found 2147483647",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.htpasswd.threads=0|identities.credentials.htpasswd.threads: found 0, expected 1 to 1024",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.ldap.connections=99999|identities.credentials.ldap.connections: found 99999, expected 1 to 1024",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.throttle.network.ipv4-prefix=33|identities.credentials.throttle.network.ipv4-prefix: found 33",
                "identities.credentials.check=http;identities.credentials.http.uri=http://a;identities.credentials.throttle.user-and-network.failures=0|identities.credentials.throttle.user-and-network.failures: found 0"
            })
    void aWrongSettingStopsTheStartWithItsName(String settings, String message) {
        context.withPropertyValues(settings.split(";"))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining(message)
                        .hasMessageNotContaining("secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pass word", "pass word\n", "pass word\r\n"})
    void cfg05_aLineEndBehindASecretIsNoPartOfIt(String written) {
        CredentialSettings settings = new Binder(new MapConfigurationPropertySource(Map.of(
                        "identities.credentials.http.client-secret", written,
                        "identities.credentials.ldap.bind-password", written)))
                .bind("identities.credentials", CredentialSettings.class)
                .get();
        assertThat(settings.http().clientSecret()).isEqualTo("pass word");
        assertThat(settings.ldap().bindPassword()).isEqualTo("pass word");
    }

    @Test
    void nothingIsNeededWhileNobodyCanLogIn() {
        context.withPropertyValues("identities.endpoints.authenticate.enabled=false")
                .run(started ->
                        assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Unavailable.class));
    }

    @Test
    void htpasswdLogsIn() throws IOException {
        Path file = htpasswd("alice", "wonderland");
        context.withPropertyValues(
                        "identities.credentials.check=htpasswd", "identities.credentials.htpasswd.file=" + file)
                .run(started -> {
                    assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Accepted.class);
                    assertThat(login(started, "alice", "wrong")).isInstanceOf(LoginOutcome.Refused.class);
                });
    }

    @Test
    void httpLogsInAndTheThrottleIsOnByDefault() {
        try (RecordingBackend service = new RecordingBackend()) {
            service.respond((request, out) -> out.write(RecordingBackend.answer("401 No", "X-A: b", "")));
            context.withPropertyValues(
                            "identities.credentials.check=http", "identities.credentials.http.uri=" + service.uri())
                    .run(started -> {
                        for (int i = 0; i < 5; i++) {
                            assertThat(login(started, "alice", "wrong")).isInstanceOf(LoginOutcome.Refused.class);
                        }
                        assertThat(login(started, "alice", "wrong")).isInstanceOf(LoginOutcome.Throttled.class);
                        assertThat(service.count()).isEqualTo(5);
                    });
        }
    }

    @Test
    void theThrottleCanBeSwitchedOff() {
        context.withPropertyValues("identities.credentials.throttle.enabled=false")
                .withBean(CredentialCheck.class, () -> credentials -> Mono.just(Optional.empty()))
                .run(started -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(login(started, "alice", "wrong")).isInstanceOf(LoginOutcome.Refused.class);
                    }
                });
    }

    @Test
    void theUsersOwnBeanIsAskedInsteadOfAnyOther() throws IOException {
        Path file = htpasswd("alice", "another");
        try (LogCapture log = LogCapture.of(CredentialConfiguration.class)) {
            context.withPropertyValues(
                            "identities.credentials.check=htpasswd", "identities.credentials.htpasswd.file=" + file)
                    .withBean(CredentialCheck.class, () -> credentials -> Mono.just(Optional.of(Subject.named("own"))))
                    .run(started -> assertThat(login(started, "alice", "wonderland"))
                            .isEqualTo(new LoginOutcome.Accepted(Subject.named("own"))));
            assertThat(log.warnings()).singleElement().asString().contains("identities.credentials.check is not used");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tenant|check=http;http.uri=http://a;http.claims.mail=/mail|[tenant], which no login would bring,"
                        + " expected claims that identities.credentials.http.claims maps",
                "roles|check=http;http.uri=http://a|[roles], which no login would bring",
                "tenant|check=ldap;ldap.uris=ldap://a;ldap.user-base=dc=a|[tenant], which no login would bring,"
                        + " expected claims that identities.credentials.ldap.claims maps",
                "roles|check=htpasswd|[roles], which no login would bring, expected none"
            })
    void requiredClaimThatNoLoginWouldBringStopsTheStart(String claim, String settings, String message)
            throws IOException {
        requiredClaims = new String[] {claim};
        context.withPropertyValues("identities.credentials.htpasswd.file=" + htpasswd("alice", "wonderland"))
                .withPropertyValues(below("identities.credentials.", settings))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("identities.token.required-claims: found " + message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check=http;http.uri=http://a;http.claims.tenant=/t;http.roles-pointer=/roles",
                "check=ldap;ldap.uris=ldap://a;ldap.user-base=dc=a;ldap.claims.tenant=o;ldap.roles-attribute=memberOf",
                "check=ldap;ldap.uris=ldap://a;ldap.user-base=dc=a;ldap.claims.tenant=o;ldap.group-base=dc=b"
            })
    void requiredClaimsThatTheCheckMapsAreNoMistake(String settings) {
        requiredClaims = new String[] {"tenant", "roles"};
        context.withPropertyValues(below("identities.credentials.", settings))
                .run(started -> assertThat(started).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check=http;http.uri=http://a;http.claims.email=/mail",
                "check=ldap;ldap.uris=ldap://a;ldap.user-base=dc=a;ldap.claims.email=mail"
            })
    void claimOfTheUsernameCannotBeMapped(String settings) {
        usernameClaim = "email";
        context.withPropertyValues(below("identities.credentials.", settings))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining(
                                ".claims: found email, expected another claim than that of the username"));
    }

    @Test
    void loginWhoseTokenWouldBeRefusedIsUnclearAndSaysWhy() {
        requiredClaims = new String[] {"tenant"};
        Map<String, Map<String, Object>> accounts = Map.of(
                "alice", Map.of("tenant", "one"),
                "bob", Map.of(),
                "carol", Map.of("tenant", "x".repeat(9_000)));
        CredentialCheck check = new CredentialCheck() {
            @Override
            public Mono<Optional<Subject>> check(Credentials credentials) {
                String name = credentials.username();
                return Mono.just(Optional.of(new Subject(name, List.of(), accounts.get(name))));
            }

            @Override
            public Mono<Optional<Subject>> recheck(Subject subject) {
                return check(new Credentials(subject.name(), "none"));
            }
        };
        try (LogCapture log = LogCapture.of(CredentialCheckHealth.class)) {
            context.withBean(CredentialCheck.class, () -> check).run(started -> {
                assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Accepted.class);
                for (String name : List.of("bob", "carol", "bob")) {
                    assertThat(login(started, name, "wonderland"))
                            .as(name)
                            .extracting(LoginOutcome::reason)
                            .isEqualTo(LoginReason.CHECK_UNCLEAR);
                }
                StepVerifier.create(started.getBean(Authenticator.class)
                                .recheck(Subject.named("bob"), new Origin("127.0.0.1", "r")))
                        .expectError(CredentialCheckUnavailableException.class)
                        .verify(Duration.ofSeconds(5));
            });
            assertThat(log.warnings())
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line)
                            .contains("no value for [tenant], which identities.token.required-claims asks for"));
        }
    }

    private TokenFixtures.Room tokens() {
        return new TokenFixtures.Room(MutableClock.startingNow())
                .requiredClaims(requiredClaims)
                .usernameClaim(usernameClaim);
    }

    private static String[] below(String prefix, String settings) {
        return Stream.of(settings.split(";")).map(prefix::concat).toArray(String[]::new);
    }

    @Test
    void everyStyleAndCheckStarts() throws IOException {
        for (String style : List.of("json", "basic", "oauth2-password")) {
            context.withPropertyValues(
                            "identities.credentials.check=http",
                            "identities.credentials.http.uri=https://127.0.0.1:1/login",
                            "identities.credentials.http.style=" + style,
                            "identities.credentials.http.client-id=gateway",
                            "identities.credentials.http.client-secret=secret",
                            "identities.credentials.http.status-uri=https://127.0.0.1:1/users/{username}")
                    .run(started -> {
                        assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Unavailable.class);
                        assertThat(started.getBean(Authenticator.class)
                                        .recheck(Subject.named("alice"), new Origin("127.0.0.1", "r-1")))
                                .isNotNull();
                        assertThat(started.getBean(CredentialSettings.class).toString())
                                .doesNotContain("=secret");
                    });
        }
        context.withPropertyValues(
                        "identities.credentials.check=ldap",
                        "identities.credentials.ldap.uris=ldap://127.0.0.1:1",
                        "identities.credentials.ldap.user-dn=uid={username},dc=a")
                .run(started -> {
                    assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Unavailable.class);
                    assertThat(started.getBean(CredentialCheckHealth.class)
                                    .report()
                                    .state())
                            .isEqualTo(CredentialCheckHealth.State.UNAVAILABLE);
                });
    }

    @Test
    void aChangedBundleCountsForTheNextLoginOverHttp() throws Exception {
        Path keys = TestCertificates.keyStore(folder, "service");
        HttpsServer service = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setHttpsConfigurator(
                new HttpsConfigurator(SslBundle.of(stores(keys, null)).createSslContext()));
        service.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        service.start();
        try {
            followsItsBundle(
                    keys,
                    "identities.credentials.check=http",
                    "identities.credentials.http.uri=https://127.0.0.1:"
                            + service.getAddress().getPort(),
                    "identities.credentials.http.ssl-bundle=check");
        } finally {
            service.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"ldaps,false", "ldap,true"})
    void aChangedBundleCountsForTheNextLoginInADirectory(String scheme, boolean startTls) throws Exception {
        Path keys = TestCertificates.keyStore(folder, "directory");
        SSLContext tls = SslBundle.of(stores(keys, null)).createSslContext();
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=a");
        config.addAdditionalBindCredentials("uid=alice,dc=a", "wonderland");
        config.setListenerConfigs(
                startTls
                        ? InMemoryListenerConfig.createLDAPConfig(
                                "l", InetAddress.getLoopbackAddress(), 0, tls.getSocketFactory())
                        : InMemoryListenerConfig.createLDAPSConfig(
                                "l",
                                InetAddress.getLoopbackAddress(),
                                0,
                                tls.getServerSocketFactory(),
                                tls.getSocketFactory()));
        InMemoryDirectoryServer directory = new InMemoryDirectoryServer(config);
        directory.startListening();
        try {
            followsItsBundle(
                    keys,
                    "identities.credentials.check=ldap",
                    "identities.credentials.ldap.uris=" + scheme + "://127.0.0.1:" + directory.getListenPort(),
                    "identities.credentials.ldap.start-tls=" + startTls,
                    "identities.credentials.ldap.user-dn=uid={username},dc=a",
                    "identities.credentials.ldap.username-attribute=",
                    "identities.credentials.ldap.ssl-bundle=check");
        } finally {
            directory.shutDown(true);
        }
    }

    private void followsItsBundle(Path keys, String... settings) {
        SslStoreBundle right = stores(null, TestCertificates.trustStore(keys));
        SslStoreBundle wrong =
                stores(null, TestCertificates.trustStore(TestCertificates.keyStore(folder, "somebody-else")));
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("check", SslBundle.of(wrong));
        context.withPropertyValues(settings)
                .withBean(SslBundles.class, () -> bundles)
                .run(started -> {
                    assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Unavailable.class);
                    bundles.updateBundle("check", SslBundle.of(right));
                    assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Accepted.class);
                    bundles.updateBundle("check", SslBundle.of(right, null, NOTHING_IN_COMMON));
                    assertThat(login(started, "alice", "wonderland"))
                            .as("a cipher of TLS 1.3 with TLS 1.2")
                            .isInstanceOf(LoginOutcome.Unavailable.class);
                    bundles.updateBundle("check", SslBundle.of(right));
                    assertThat(login(started, "alice", "wonderland")).isInstanceOf(LoginOutcome.Accepted.class);
                    bundles.updateBundle("check", SslBundle.of(right, null, UNKNOWN_PROTOCOL));
                    bundles.updateBundle("check", SslBundle.of(stores(null, folder.resolve("nothing.p12"))));
                    assertThat(login(started, "alice", "wonderland"))
                            .as("an unusable bundle leaves the last one in force")
                            .isInstanceOf(LoginOutcome.Accepted.class);
                });
    }

    private static final SslOptions NOTHING_IN_COMMON =
            SslOptions.of(Set.of("TLS_AES_128_GCM_SHA256"), Set.of("TLSv1.2"));
    private static final SslOptions UNKNOWN_PROTOCOL = SslOptions.of(null, Set.of("TLSv1.9"));

    private static SslStoreBundle stores(@Nullable Path keys, @Nullable Path trust) {
        return new JksSslStoreBundle(store(keys), store(trust));
    }

    private static @Nullable JksSslStoreDetails store(@Nullable Path file) {
        return file == null
                ? null
                : new JksSslStoreDetails("PKCS12", null, file.toUri().toString(), TestCertificates.PASSWORD);
    }

    private Path htpasswd(String name, String password) throws IOException {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return Files.writeString(
                folder.resolve("htpasswd"), name + ":" + BCrypt.hashpw(bytes, BCrypt.gensalt("$2y", 4)) + "\n");
    }

    private static LoginOutcome login(ApplicationContext started, String username, String password) {
        LoginAttempt attempt = new LoginAttempt(
                new Credentials(username, password), InetAddress.getLoopbackAddress(), new Origin("127.0.0.1", "r1"));
        return CredentialCheckContract.answerOf(
                started.getBean(Authenticator.class).authenticate(attempt));
    }
}
