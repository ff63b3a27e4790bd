package io.identities.gateway.credentials;

import com.github.benmanes.caffeine.cache.Ticker;
import io.identities.gateway.audit.SecurityEvents;
import io.identities.gateway.token.IssuanceCheck;
import io.identities.gateway.token.SharedState;
import io.identities.gateway.token.TokenTerms;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

@Configuration(proxyBeanMethods = false)
class CredentialConfiguration {

    private static final Logger log = LoggerFactory.getLogger(CredentialConfiguration.class);
    private static final Duration CEILING = Duration.ofSeconds(30);

    @Bean(destroyMethod = "close")
    CredentialCheckGuard credentialCheckGuard(
            CredentialSettings settings,
            ObjectProvider<CredentialCheck> own,
            ObjectProvider<SslBundles> bundles,
            Environment environment,
            TokenTerms terms,
            IssuanceCheck issuance,
            Clock clock) {
        CredentialCheck check = own.getIfAvailable();
        if (check == null) {
            if (settings.check() != null) {
                MappedClaims.of(settings.check(), settings).requireFit(issuance, terms.usernameClaim());
            }
            check = new ConfiguredChecks(settings, bundles, environment, clock).make();
        } else if (settings.check() != null) {
            log.warn(
                    "identities.credentials.check is not used: the bean {} is asked",
                    check.getClass().getName());
        }
        return new CredentialCheckGuard(new IssuableCredentialCheck(check, issuance), limits(settings), clock);
    }

    @Bean
    CredentialCheckHealth credentialCheckHealth(CredentialCheckGuard check) {
        return check.health();
    }

    /** Opens nothing before the first login, and nothing at all unless identities.shared-state is redis. */
    @Bean(destroyMethod = "close")
    RedisConnection loginCounterConnection(
            ObjectProvider<LettuceConnectionFactory> factory, Environment environment, Clock clock) {
        boolean ofFactory =
                !texts(environment, "spring.data.redis.masterreplica.nodes").isEmpty();
        return new RedisConnection(factory::getObject, ofFactory, RedisThrottleCounters.meter(clock));
    }

    @Bean
    ThrottledNetworks throttledNetworks(CredentialSettings settings) {
        ThrottleSettings throttle = settings.throttle();
        return new ThrottledNetworks(throttle.rules().network(), throttle.maxEntries(), Ticker.systemTicker());
    }

    @Bean
    Authenticator authenticator(
            CredentialCheckGuard check,
            CredentialSettings settings,
            ObjectProvider<LoginThrottle> throttle,
            ThrottledNetworks throttled,
            RedisConnection redis,
            SharedState shared,
            SecurityEvents events,
            Environment environment,
            Clock clock) {
        boolean proxiesTrusted =
                !texts(environment, "identities.proxy.trusted-proxies").isEmpty();
        LoginThrottle inForce = throttle.getIfAvailable(() -> throttle(settings.throttle(), redis, shared, clock));
        return new Authenticator(check, throttled.noting(inForce), events, new AddressWatch(proxiesTrusted, clock));
    }

    private static List<String> texts(Environment environment, String name) {
        return Binder.get(environment).bind(name, Bindable.listOf(String.class)).orElse(List.of());
    }

    private static CredentialCheckGuard.Limits limits(CredentialSettings settings) {
        return new CredentialCheckGuard.Limits(
                settings.maxConcurrent(),
                CEILING,
                settings.circuitBreaker().window(),
                settings.circuitBreaker().openFor());
    }

    private static LoginThrottle throttle(
            ThrottleSettings settings, RedisConnection redis, SharedState place, Clock clock) {
        if (!settings.enabled()) {
            return LoginThrottle.none();
        }
        ThrottleRules rules = settings.rules();
        CountingLoginThrottle own = new CountingLoginThrottle(
                rules, new InMemoryThrottleCounters(rules, settings.maxEntries(), Ticker.systemTicker()));
        if (!place.inRedis()) {
            return own;
        }
        CountingLoginThrottle shared = new CountingLoginThrottle(
                rules, new RedisThrottleCounters(rules, redis, place, clock, settings.redisTimeout()));
        return new RedisLoginThrottle(shared, own, clock);
    }
}
