package io.identities.gateway.token;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.keys.TrustedIssuer;
import io.identities.gateway.keys.TrustedIssuers;
import io.lettuce.core.ClientOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.util.unit.DataSize;

/** Wires the tokens. */
@Configuration(proxyBeanMethods = false)
class TokenConfiguration {

    private static final Duration LOOK_INTO_REDIS = Duration.ofMillis(200);
    private static final Duration ANSWER_OF_REDIS = Duration.ofSeconds(1);
    private static final Duration PATIENCE_WITH_REDIS = Duration.ofSeconds(10);
    private static final DataSize DEFAULT_HEAD = DataSize.ofKilobytes(16);

    /** What a request has beside its token at the least, in bytes: a short request line, Host, the name of the header. */
    private static final int REST_OF_HEAD = 256;

    @Bean
    TokenTerms tokenTerms(TokenSettings settings) {
        return settings.terms();
    }

    @Bean
    SharedState sharedState(SharedStateSettings settings) {
        return settings.place();
    }

    // Yields to the application's own bean, even if that is defined after this one.
    @Bean
    @Fallback
    @ConditionalOnMissingBean
    RevocationStore revocationStore(
            SharedStateSettings settings,
            SharedState place,
            ObjectProvider<ReactiveStringRedisTemplate> redis,
            ObjectProvider<LettuceConnectionFactory> connections,
            Clock clock) {
        if (!place.inRedis()) {
            return new InMemoryRevocationStore(clock);
        }
        LettuceConnectionFactory factory = connections.getObject();
        return new RedisRevocationStore(
                new RevocationJournal(redis.getObject(), place, ANSWER_OF_REDIS),
                new RedisReconnection(factory::resetConnection, PATIENCE_WITH_REDIS),
                settings.sharedStateOutage() == SharedStateSettings.Outage.REFUSE,
                LOOK_INTO_REDIS,
                clock);
    }

    // Without a connection a command fails at once, so that callers use their fallback.
    @Bean
    LettuceClientOptionsBuilderCustomizer lettuceWithoutQueue() {
        return options -> options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
    }

    @Bean
    TokenIssuer tokenIssuer(KeyRotation keys, TokenTerms terms, RevocationStore revocations, Clock clock) {
        return new TokenIssuer(keys, terms, revocations, clock);
    }

    @Bean
    TokenVerifier tokenVerifier(
            TokenSettings settings,
            KeyRotation keys,
            TrustedIssuers trusted,
            RevocationStore revocations,
            Clock clock) {
        return new TokenVerifier(
                origins(settings, keys, trusted),
                revocations,
                Math.toIntExact(settings.maxSize().toBytes()),
                settings.rememberedSize().toBytes(),
                settings.clockSkew(),
                clock);
    }

    @Bean
    IssuanceCheck issuanceCheck(
            TokenSettings settings, TokenIssuer issuer, TokenVerifier verifier, Environment environment) {
        DataSize head = Binder.get(environment)
                .bind("identities.headers.max-size", DataSize.class)
                .orElse(DEFAULT_HEAD);
        return new IssuanceCheck(
                issuer, verifier, settings.subjectClaims(), Math.toIntExact(head.toBytes()) - REST_OF_HEAD);
    }

    private static List<TokenOrigin> origins(TokenSettings settings, KeyRotation keys, TrustedIssuers trusted) {
        Set<String> foreignPrefixes = prefixes(trusted.all());
        List<TokenOrigin> origins = new ArrayList<>();
        origins.add(new TokenOrigin.Own(settings.ownRules(foreignPrefixes), keys));
        for (TrustedIssuer issuer : trusted.all()) {
            if (issuer.issuer().equals(settings.issuer())) {
                throw new IllegalArgumentException("identities.trusted-issuers: found \"" + issuer.issuer()
                        + "\", which is identities.token.issuer, expected other issuers only");
            }
            origins.add(new TokenOrigin.Foreign(IssuerRules.of(issuer, foreignPrefixes), issuer.keys()));
        }
        return origins;
    }

    /** The non-empty username prefixes of the trusted issuers. */
    static Set<String> prefixes(List<TrustedIssuer> trusted) {
        return trusted.stream()
                .map(TrustedIssuer::usernamePrefix)
                .filter(prefix -> !prefix.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
