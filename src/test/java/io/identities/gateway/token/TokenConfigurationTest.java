package io.identities.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.keys.KeyFixtures;
import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.identities.gateway.testing.RedisProcess;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Timeout(60)
class TokenConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DataRedisAutoConfiguration.class, DataRedisReactiveAutoConfiguration.class))
            .withUserConfiguration(House.class, TokenConfiguration.class);

    @Test
    void theDefaultsAreThoseOfTheContract() {
        runner.run(context -> {
            TokenTerms terms = context.getBean(TokenTerms.class);
            assertThat(terms.issuer()).isEqualTo("identities-gateway");
            assertThat(terms.audience()).isNull();
            assertThat(terms.usernameClaim()).isEqualTo("unique_name");
            assertThat(terms.lifetime()).isEqualTo(Duration.ofMinutes(30));
            assertThat(terms.clockSkew()).isEqualTo(Duration.ofSeconds(30));
            assertThat(terms.revokeOnRenewal()).isFalse();
            assertThat(terms.sessionEnd(Instant.ofEpochMilli(1500))).isEqualTo(Instant.ofEpochSecond(12 * 3600 + 1));

            IssuedToken issued = context.getBean(TokenIssuer.class).issue(Subject.named("alice"));
            assertThat(context.getBean(TokenVerifier.class).verifyAtOnce(issued.bearer()))
                    .isInstanceOf(TokenVerification.Verified.class);
        });
    }

    @ParameterizedTest
    @CsvSource({"none, false", "redis, true", "'REDIS ', true"})
    void everySpellingThatBindsSharesEverything(String written, boolean inRedis) {
        runner.withPropertyValues("identities.shared-state=" + written, "identities.shared-state-namespace=blue")
                .run(context ->
                        assertThat(context.getBean(SharedState.class)).isEqualTo(new SharedState(inRedis, "blue")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:b", "{a}", "*"})
    void namespaceThatWouldBeNoneStopsTheStart(String written) {
        assertThatThrownBy(() -> new SharedStateSettings(
                        SharedStateSettings.Store.REDIS, SharedStateSettings.Outage.SERVE, written))
                .hasMessage("identities.shared-state-namespace: found \"" + written
                        + "\", expected at most 64 letters, digits, dots, underscores or hyphens");
    }

    /** An application's own configuration is read after ours where its main class names ours first. */
    @Test
    void storeOfOnesOwnIsAskedThoughItIsDefinedLast() {
        runner.withUserConfiguration(OwnStore.class).run(context -> {
            IssuedToken issued = context.getBean(TokenIssuer.class).issue(Subject.named("alice"));
            context.getBean(TokenVerifier.class).verifyAtOnce(issued.bearer());

            assertThat(context.getBean("ownStore", CountingRevocations.class).asked)
                    .hasValue(1);
            assertThat(context.getBean(RevocationStore.class)).isInstanceOf(CountingRevocations.class);
        });
    }

    @Test
    void withoutSharedStateNobodyCallsRedis() throws IOException {
        try (ServerSocket redis = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            runner.withPropertyValues(
                            "spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + redis.getLocalPort())
                    .run(context -> {
                        RevocationStore store = context.getBean(RevocationStore.class);
                        assertThat(store).isInstanceOf(InMemoryRevocationStore.class);
                        store.revoke(new Revocation.OfToken("t", Instant.now().plusSeconds(60)))
                                .block(Duration.ofSeconds(1));
                        redis.setSoTimeout(1);
                        Assertions.assertThatThrownBy(redis::accept).isInstanceOf(SocketTimeoutException.class);
                    });
        }
    }

    @Test
    void withRedisTheStoreIsReadyOnceItHasRead() {
        try (RedisProcess redis = RedisProcess.start()) {
            for (String outage : List.of("serve", "refuse")) {
                runner.withPropertyValues(
                                "identities.shared-state=redis",
                                "identities.shared-state-outage=" + outage,
                                "spring.data.redis.host=127.0.0.1",
                                "spring.data.redis.port=" + redis.port())
                        .run(context -> {
                            RevocationStore store = context.getBean(RevocationStore.class);
                            await().until(() -> store.status().ready());
                            redis.stop();
                            await().until(() -> !store.status().connected());
                            AccessToken token = TokenFixtures.accessToken("alice");
                            assertThat(store.verdict(token))
                                    .isEqualTo(
                                            outage.equals("serve")
                                                    ? RevocationStore.Verdict.GOOD
                                                    : RevocationStore.Verdict.UNKNOWN);
                            redis.startAgain();
                            await().until(() -> store.status().connected());
                        });
            }
        }
    }

    @Test
    void theUsersOwnStoreReplacesOurs() {
        CountingRevocations own = new CountingRevocations();
        runner.withBean(RevocationStore.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(RevocationStore.class)).isSameAs(own));
    }

    @Test
    void aTrustedIssuerMustBeAnother() {
        assertStops("which is identities.token.issuer", "identities.token.issuer=https://idp.example");
        runner.run(context -> assertThat(context.getBean(TokenVerifier.class)
                        .verifyAtOnce(new BearerToken(
                                TestTokens.token().subject("idp:alice").mint())))
                .isEqualTo(new TokenVerification.Rejected(TokenProblem.UNUSABLE_NAME)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "issuer=|issuer: found \"\"",
                "issuer=a b|issuer: found \"a b\"",
                "issuer=\u00e9|issuer: found",
                "audience=a b|audience: found \"a b\"",
                "lifetime=1ms|lifetime: found PT0.001S",
                "lifetime=366d|lifetime: found",
                "session-limit=1ms|session-limit: found PT0.001S",
                "clock-skew=-1s|clock-skew: found PT-1S",
                "clock-skew=1h|clock-skew: found PT1H",
                "renewal-grace=1h|renewal-grace: found PT1H",
                "username-claim=exp|username-claim: found \"exp\"",
                "username-claim=|username-claim: found \"\"",
                "required-claims=aud|required-claims: found \"aud\"",
                "required-claims[0]=|required-claims: found an empty name",
                "max-size=10B|max-size: found 10B",
                "remembered-size=-1B|remembered-size: found -1B"
            })
    void aWrongSettingStopsTheStart(String setting, String message) {
        assertStops("identities.token." + message, "identities.token." + setting);
    }

    @Test
    void settingsReachTheTokens() {
        runner.withPropertyValues(
                        "identities.token.audience=api",
                        "identities.token.username-claim=sub",
                        "identities.token.required-claims=jti",
                        "identities.token.revoke-on-renewal=true")
                .run(context -> {
                    TokenTerms terms = context.getBean(TokenTerms.class);
                    assertThat(terms.revokeOnRenewal()).isTrue();
                    assertThat(terms.audience()).isEqualTo("api");
                    IssuedToken issued = context.getBean(TokenIssuer.class).issue(Subject.named("alice"));
                    assertThat(context.getBean(TokenVerifier.class).verifyAtOnce(issued.bearer()))
                            .isInstanceOf(TokenVerification.Verified.class);
                });
    }

    @Test
    void revocationsLastAsLongAsTheTokensTheyCover() {
        TokenTerms terms = TokenFixtures.terms();
        Instant now = Instant.ofEpochSecond(1_800_000_000);
        AccessToken session = TokenFixtures.accessToken("alice", true, "t", "s", now, now);
        AccessToken lone = TokenFixtures.accessToken("alice", true, "t", null, null, now);
        AccessToken longer = TokenFixtures.accessToken("alice", true, "t", "s", now.minus(Duration.ofHours(12)), now);

        assertThat(terms.revocationOf(session))
                .isEqualTo(new Revocation.OfSession(
                        "s", now.plus(Duration.ofHours(12)).plusSeconds(30)));
        assertThat(terms.revocationOf(longer)).isEqualTo(new Revocation.OfSession("s", now.plusSeconds(1830)));
        assertThat(terms.revocationOf(lone)).isEqualTo(new Revocation.OfToken("t", now.plusSeconds(1830)));
        assertThat(terms.sessionRevocation("s", now)).isInstanceOf(Revocation.OfSession.class);
        assertThat(terms.tokenRevocation("t", now).until()).isAfter(now.plus(Duration.ofDays(365)));
        assertThat(terms.userRevocation("alice", now).until()).isAfter(now.plus(Duration.ofDays(365)));
    }

    @Test
    void nothingPrintsATokenAndEveryOutcomeFolds() {
        assertThat(new BearerToken("a.b.c").toString()).isEqualTo("BearerToken[***]");
        AccessToken token = TokenFixtures.accessToken("al ice", "admin", "a,b");
        assertThat(token.toString()).contains("al%20ice").doesNotContain("jti-1");
        assertThat(token.wireRoles()).isEqualTo("admin,a%2Cb");
        assertThat(fold(new TokenVerification.Verified(token))).isEqualTo("al ice");
        assertThat(fold(new TokenVerification.Rejected(TokenProblem.EXPIRED))).isEqualTo("expired");
        assertThat(fold(new TokenVerification.Undecided(TokenVerification.Undecidable.NO_KEYS)))
                .isEqualTo("no_keys");
        for (String name : List.of("", " a", "a ")) {
            Assertions.assertThatThrownBy(() -> Subject.named(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(IdentityHeaderText.encode("AZaz09._~@+-\u00e9 %")).isEqualTo("AZaz09._~@+-%C3%A9%20%25");
    }

    private static String fold(TokenVerification verification) {
        return verification.fold(
                token -> token.subject().name(), TokenProblem::reason, TokenVerification.Undecidable::reason);
    }

    private void assertStops(String message, String... settings) {
        runner.withPropertyValues(settings)
                .run(context -> assertThat(context).getFailure().satisfies(failure -> {
                    StringBuilder all = new StringBuilder();
                    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                        all.append(cause.getMessage()).append('\n');
                    }
                    assertThat(all.toString()).contains(message);
                }));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({TokenSettings.class, SharedStateSettings.class})
    static class House {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        KeyRotation keys(Clock clock) {
            return KeyFixtures.secret(RunningGateway.SECRET, clock);
        }

        @Bean
        TrustedIssuers trustedIssuers(Clock clock) {
            return new TrustedIssuers(List.of(new TrustedIssuer(
                    "https://idp.example",
                    "idp",
                    List.of(),
                    "sub",
                    "idp:",
                    null,
                    Set.of(),
                    KeyFixtures.remote("idp", URI.create("http://127.0.0.1:1/"), clock))));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStore {

        @Bean
        RevocationStore ownStore() {
            return new CountingRevocations();
        }
    }
}
