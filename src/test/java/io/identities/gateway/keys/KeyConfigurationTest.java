package io.identities.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.testing.JwksEndpoint;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class KeyConfigurationTest {

    @TempDir
    Path directory;

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(House.class, KeyConfiguration.class);

    @Test
    void aSecretIsEnough() {
        runner.withPropertyValues("identities.keys.secret=" + RunningGateway.SECRET)
                .run(context -> {
                    assertThat(context.getBean(KeyRotation.class).signer().id()).isEqualTo("default");
                    assertThat(context.getBean(PublishedKeys.class).current()).isEmpty();
                    assertThat(context.getBean(TrustedIssuers.class).all()).isEmpty();
                });
    }

    @Test
    void aDirectoryIsWatched() throws Exception {
        Files.writeString(directory.resolve("k1.secret"), RunningGateway.SECRET);
        runner.withPropertyValues(
                        "identities.keys.directory=" + directory,
                        "identities.keys.reload-interval=100ms",
                        "identities.keys.activation-delay=0s")
                .run(context -> {
                    KeyRotation rotation = context.getBean(KeyRotation.class);
                    assertThat(rotation.signer().id()).isEqualTo("k1");
                    Files.writeString(
                            directory.resolve("k2.pem"),
                            TestKeys.pem(TestKeys.ed25519("own").getPrivate()));
                    await().until(() -> rotation.signer().id().equals("k2"));
                    assertThat(context.getBean(PublishedKeys.class).current()).isPresent();
                });
    }

    @Test
    void trustedIssuersAreFetchedAheadOfTheFirstToken() {
        try (JwksEndpoint endpoint = JwksEndpoint.start()) {
            endpoint.answer(TestKeys.jwkSet(
                    TestKeys.jwk("k1", "RS256", TestKeys.rsa("issuer").getPublic())));
            runner.withPropertyValues(
                            "identities.keys.secret=" + RunningGateway.SECRET,
                            "identities.trusted-issuers[0].issuer=https://idp.example",
                            "identities.trusted-issuers[0].name=idp",
                            "identities.trusted-issuers[0].jwks-uri=" + endpoint.uri(),
                            "identities.trusted-issuers[1].issuer=https://other.example",
                            "identities.trusted-issuers[1].name=other",
                            "identities.trusted-issuers[1].jwks-uri=" + endpoint.uri(),
                            "identities.trusted-issuers[1].audience=a,b",
                            "identities.trusted-issuers[1].username-prefix=",
                            "identities.trusted-issuers[1].username-claim=preferred_username",
                            "identities.trusted-issuers[1].roles-claim=/realm_access/roles",
                            "identities.trusted-issuers[1].algorithms=PS256")
                    .run(context -> {
                        List<TrustedIssuer> issuers =
                                context.getBean(TrustedIssuers.class).all();
                        await().until(() -> issuers.get(0).keys().current() != null);
                        await().until(() -> issuers.get(1).keys().isFailing());
                        assertThat(issuers.get(0).usernamePrefix()).isEqualTo("idp:");
                        assertThat(issuers.get(0).usernameClaim()).isEqualTo("sub");
                        assertThat(issuers.get(1).usernamePrefix()).isEmpty();
                        assertThat(issuers.get(1).audiences()).containsExactly("a", "b");
                    });
        }
    }

    @Test
    void theUsersOwnSourceReplacesOurs() {
        KeySource own =
                new SecretKeySource(SignatureAlgorithm.HS512, RunningGateway.SECRET + RunningGateway.SECRET + "x");
        runner.withBean(KeySource.class, () -> own)
                .run(context -> assertThat(
                                context.getBean(KeyRotation.class).signer().algorithm())
                        .isEqualTo(SignatureAlgorithm.HS512));
    }

    @Test
    void noKeyOrTwoPlacesForKeysStopTheStart() {
        assertStops("identities.keys.secret: found neither");
        assertStops(
                "identities.keys.directory: found together with identities.keys.secret",
                "identities.keys.secret=" + RunningGateway.SECRET,
                "identities.keys.directory=" + directory);
        assertStops("identities.keys.directory: found 0 key files", "identities.keys.directory=" + directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "identities.keys.algorithm=HS999|identities.keys.algorithm: found \"HS999\"",
                "identities.keys.algorithm=none|identities.keys.algorithm: found \"none\"",
                "identities.keys.activation-delay=-1s|identities.keys.activation-delay: found PT-1S",
                "identities.keys.activation-delay=31d|identities.keys.activation-delay: found PT744H",
                "identities.keys.reload-interval=1ms|identities.keys.reload-interval: found PT0.001S",
                "identities.keys.reload-interval=2d|identities.keys.reload-interval: found PT48H",
                "identities.keys.signer=' '|identities.keys.signer: found nothing",
                "identities.keys.signer=k9|identities.keys.signer: found \"k9\"",
                "identities.jwks.refresh-interval=1ms|identities.jwks.refresh-interval: found PT0.001S",
                "identities.jwks.stale-limit=1s|identities.jwks.stale-limit: found PT1S",
                "identities.jwks.timeout=1h|identities.jwks.timeout: found PT1H",
                "identities.jwks.max-size=1B|identities.jwks.max-size: found 1B"
            })
    void aWrongSettingStopsTheStart(String setting, String message) {
        assertStops(message, "identities.keys.secret=" + RunningGateway.SECRET, setting.replace("'", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "issuer=|issuer: found \"\"",
                "issuer=with blank|issuer: found \"with blank\"",
                "name=|name: found \"\"",
                "name=a:b|name: found \"a:b\"",
                "jwks-uri=ftp://idp/keys|jwks-uri: found \"ftp://idp/keys\"",
                "jwks-uri=file:///etc/keys|jwks-uri: found \"file:///etc/keys\"",
                "jwks-uri=/keys|jwks-uri: found \"/keys\"",
                "jwks-uri=http:///keys|jwks-uri: found",
                "jwks-uri=http://u:p@idp/keys|jwks-uri: found \"an address with a user in it\"",
                "jwks-uri=http://u:p@my_idp/keys|jwks-uri: found \"an address with a user in it\"",
                "jwks-uri=ftp://idp/keys?code=x|jwks-uri: found \"ftp://idp/keys?***\"",
                "jwks-uri=http://idp/keys#x|jwks-uri: found",
                "jwks-uri=http://idp:99999/keys|jwks-uri: found \"http://idp:99999/keys\"",
                "jwks-uri=http://idp:0/keys|jwks-uri: found \"http://idp:0/keys\"",
                "audience=|audience: found \"\"",
                "audience[0]=|audience: found \"\"",
                "audience=api, ,web|audience: found \"\"",
                "roles-claim=|roles-claim: found \"\"",
                "algorithms=HS256|algorithms: found \"HS256\"",
                "algorithms=RS257|algorithms: found \"RS257\"",
                "algorithms=|algorithms: found nothing",
                "username-claim=|username-claim: found \"\"",
                "username-prefix=\u00a0corp:|username-prefix: found \"\u00a0corp:\"",
                "username-prefix=corp\u0085:|username-prefix: found"
            })
    void aWrongTrustedIssuerStopsTheStart(String setting, String message) {
        String[] parts = setting.split("=", 2);
        assertStops(
                "identities.trusted-issuers[0]." + message,
                "identities.keys.secret=" + RunningGateway.SECRET,
                "identities.trusted-issuers[0].issuer=https://idp.example",
                "identities.trusted-issuers[0].name=idp",
                "identities.trusted-issuers[0].jwks-uri=https://idp.example/keys",
                "identities.trusted-issuers[0]." + parts[0] + "=" + parts[1]);
    }

    @Test
    void rolesInAClaimWithDotsAreDoubtedAloud() {
        try (LogCapture log = LogCapture.of(KeyConfiguration.class)) {
            for (String claim : List.of("realm_access.roles", "https://idp.example/roles", "/realm_access/roles")) {
                runner.withPropertyValues(
                                "identities.keys.secret=" + RunningGateway.SECRET,
                                "identities.trusted-issuers[0].issuer=https://idp.example",
                                "identities.trusted-issuers[0].name=idp",
                                "identities.trusted-issuers[0].jwks-uri=http://127.0.0.1:1/",
                                "identities.trusted-issuers[0].audience=api",
                                "identities.trusted-issuers[0].roles-claim=" + claim)
                        .run(context -> assertThat(context).hasNotFailed());
            }
            assertThat(log.warnings()).singleElement().asString().contains("would be /realm_access/roles");
        }
    }

    @Test
    void issuersAndNamesMustBeThereAndUnique() {
        assertStops(
                "identities.trusted-issuers[0].issuer: found nothing",
                "identities.keys.secret=" + RunningGateway.SECRET,
                "identities.trusted-issuers[0].name=idp");
        assertStops(
                "identities.trusted-issuers[0].name: found nothing",
                "identities.keys.secret=" + RunningGateway.SECRET,
                "identities.trusted-issuers[0].issuer=x");
        assertStops(
                "identities.trusted-issuers[0].jwks-uri: found nothing",
                "identities.keys.secret=" + RunningGateway.SECRET,
                "identities.trusted-issuers[0].issuer=x",
                "identities.trusted-issuers[0].name=idp");
        for (List<String> second : List.of(List.of("x", "other"), List.of("y", "idp"))) {
            assertStops(
                    "identities.trusted-issuers[1]: found the issuer or the name \"" + second.get(1) + "\" twice",
                    "identities.keys.secret=" + RunningGateway.SECRET,
                    "identities.trusted-issuers[0].issuer=x",
                    "identities.trusted-issuers[0].name=idp",
                    "identities.trusted-issuers[0].jwks-uri=http://127.0.0.1:1/",
                    "identities.trusted-issuers[1].issuer=" + second.get(0),
                    "identities.trusted-issuers[1].name=" + second.get(1),
                    "identities.trusted-issuers[1].jwks-uri=http://127.0.0.1:1/");
        }
    }

    @Test
    void aBackgroundTaskRunsAtOnceAndUntilItIsStopped() {
        AtomicInteger runs = new AtomicInteger();
        BackgroundTask task = new BackgroundTask("test", Duration.ofMillis(5), runs::incrementAndGet);
        task.stop();
        assertThat(task.isRunning()).isFalse();
        task.start();
        assertThat(task.isRunning()).isTrue();
        await().until(() -> runs.get() > 2);
        task.stop();
        assertThat(task.isRunning()).isFalse();
    }

    @Test
    void aBackgroundTaskThatFailsIsRunAgainAndSaysSo() {
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.of(BackgroundTask.class)) {
            BackgroundTask task = new BackgroundTask("test", Duration.ofMillis(5), () -> {
                if (runs.incrementAndGet() < 3) {
                    throw new StackOverflowError();
                }
            });
            task.start();
            await().until(() -> runs.get() > 3);
            task.stop();
            assertThat(log.messages())
                    .containsExactly(
                            "The background task test has failed and is run again",
                            "The background task test has failed and is run again");
        }
    }

    @Test
    void aSettingNamesWhatItTakes() {
        assertThatThrownBy(() -> SignatureAlgorithm.ofSetting("a.b", "x"))
                .hasMessage("a.b: found \"x\", expected one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384,"
                        + " PS512, ES256, ES384, ES512, Ed25519");
    }

    private void assertStops(String message, String... settings) {
        Consumer<Throwable> check = failure -> {
            StringBuilder all = new StringBuilder();
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                all.append(cause.getMessage()).append('\n');
            }
            assertThat(all.toString()).contains(message).doesNotContain(RunningGateway.SECRET);
        };
        runner.withPropertyValues(settings)
                .run(context -> assertThat(context).getFailure().satisfies(check::accept));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({KeySettings.class, TrustedIssuerSettings.class, JwksSettings.class})
    static class House {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        SecurityEvents events() {
            return new SecurityEvents(List.of());
        }
    }
}
