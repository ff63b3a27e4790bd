package io.identities.gateway.credentials;

import com.github.benmanes.caffeine.cache.Ticker;
import com.unboundid.ldap.sdk.LDAPException;
import io.identities.gateway.audit.SecurityEvents;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Configuration(proxyBeanMethods = false)
class CredentialConfiguration {

    private static final Logger log = LoggerFactory.getLogger(CredentialConfiguration.class);
    private static final Duration CEILING = Duration.ofSeconds(30);

    @Bean(destroyMethod = "close")
    GuardedCredentialCheck guardedCredentialCheck(
            CredentialSettings settings,
            ObjectProvider<CredentialCheck> own,
            ObjectProvider<SslBundles> bundles,
            Environment environment,
            Clock clock) {
        CredentialCheck check = own.getIfAvailable();
        if (check == null) {
            check = configured(settings, bundles, environment);
        } else if (settings.check() != null) {
            log.warn(
                    "identities.credentials.check is not used: the bean {} is asked",
                    check.getClass().getName());
        }
        return new GuardedCredentialCheck(check, limits(settings), clock);
    }

    @Bean
    CredentialCheckHealth credentialCheckHealth(GuardedCredentialCheck check) {
        return check.health();
    }

    /** Opens nothing before the first login, and nothing at all unless identities.shared-state is redis. */
    @Bean(destroyMethod = "close")
    RedisConnection loginCounterConnection(ObjectProvider<LettuceConnectionFactory> factory, Clock clock) {
        return new RedisConnection(factory::getObject, RedisThrottleCounters.meter(clock));
    }

    @Bean
    ThrottledNetworks throttledNetworks(CredentialSettings settings) {
        ThrottleSettings throttle = settings.throttle();
        return new ThrottledNetworks(throttle.rules().network(), throttle.maxEntries(), Ticker.systemTicker());
    }

    @Bean
    Authenticator authenticator(
            GuardedCredentialCheck check,
            CredentialSettings settings,
            ObjectProvider<LoginThrottle> throttle,
            ThrottledNetworks throttled,
            RedisConnection redis,
            SecurityEvents events,
            Environment environment,
            Clock clock) {
        boolean sharing = "redis".equalsIgnoreCase(environment.getProperty("identities.shared-state"));
        boolean proxiesTrusted = !Binder.get(environment)
                .bind("identities.proxy.trusted-proxies", Bindable.listOf(String.class))
                .orElse(List.of())
                .isEmpty();
        LoginThrottle inForce =
                throttle.getIfAvailable(() -> throttle(settings.throttle(), sharing ? redis : null, clock));
        return new Authenticator(check, throttled.noting(inForce), events, new AddressWatch(proxiesTrusted, clock));
    }

    private static GuardedCredentialCheck.Limits limits(CredentialSettings settings) {
        return new GuardedCredentialCheck.Limits(
                settings.maxConcurrent(),
                CEILING,
                settings.circuitBreaker().window(),
                settings.circuitBreaker().openFor());
    }

    private static CredentialCheck configured(
            CredentialSettings settings, ObjectProvider<SslBundles> bundles, Environment environment) {
        CredentialSettings.Kind kind = settings.check();
        if (kind == null) {
            return absent(environment);
        }
        return switch (kind) {
            case HTTP -> http(settings, bundles);
            case HTPASSWD -> htpasswd(settings);
            case LDAP -> ldap(settings, bundles);
        };
    }

    private static LoginThrottle throttle(ThrottleSettings settings, @Nullable RedisConnection redis, Clock clock) {
        if (!settings.enabled()) {
            return LoginThrottle.none();
        }
        ThrottleRules rules = settings.rules();
        RuledLoginThrottle own = new RuledLoginThrottle(
                rules, new InMemoryThrottleCounters(rules, settings.maxEntries(), Ticker.systemTicker()));
        if (redis == null) {
            return own;
        }
        RuledLoginThrottle shared =
                new RuledLoginThrottle(rules, new RedisThrottleCounters(rules, redis, clock, settings.redisTimeout()));
        return new SharedLoginThrottle(shared, own, clock);
    }

    private static CredentialCheck absent(Environment environment) {
        if (environment.getProperty("identities.endpoints.authenticate.enabled", Boolean.class, true)) {
            throw Setting.wrong(
                    "check",
                    "nothing",
                    "http, htpasswd or ldap (or a bean of type CredentialCheck, or"
                            + " identities.endpoints.authenticate.enabled=false)");
        }
        return credentials ->
                Mono.error(CredentialCheckUnavailableException.unclear("identities.credentials.check is not set"));
    }

    private static CredentialCheck http(CredentialSettings settings, ObjectProvider<SslBundles> bundles) {
        HttpCheckSettings http = settings.http();
        CheckHttpClient client = new CheckHttpClient(
                settings.maxConcurrent(), http.connectTimeout(), http.timeout(), tls(http.sslBundle(), bundles));
        return new HttpCredentialCheck(client, style(http, client), status(http));
    }

    private static HttpStyle style(HttpCheckSettings http, CheckHttpClient client) {
        return switch (http.style()) {
            case JSON -> new JsonStyle(http.target(), http.httpMethod(), http.codes(), http.mapping());
            case BASIC -> new BasicStyle(http.target(), http.httpMethod(), http.codes(), http.mapping());
            case OAUTH2_PASSWORD -> new OAuth2PasswordStyle(http.client(), http.codes(), http.mapping(), client);
        };
    }

    private static @Nullable HttpStatusCall status(HttpCheckSettings http) {
        String template = http.statusUri();
        if (template == null) {
            return null;
        }
        StatusCodes codes = new StatusCodes(http.successCodes(), http.statusGoneCodes());
        return new HttpStatusCall(template, http.ownHeaders(), codes, http.mapping());
    }

    private static CredentialCheck htpasswd(CredentialSettings settings) {
        HtpasswdCheckSettings htpasswd = settings.htpasswd();
        WatchedHtpasswdFile file = new WatchedHtpasswdFile(htpasswd.path());
        Scheduler threads = threads("htpasswd-", htpasswd.threadCount(), settings.maxConcurrent());
        return new HtpasswdCredentialCheck(file, PasswordHash::matches, threads, htpasswd.timeout())
                .watching(htpasswd.reloadInterval());
    }

    private static CredentialCheck ldap(CredentialSettings settings, ObjectProvider<SslBundles> bundles) {
        LdapCheckSettings ldap = settings.ldap();
        try {
            LdapDirectory directory = new LdapDirectory(ldap, sslContext(ldap.sslBundle(), bundles));
            warnOfPlainText(ldap);
            return new LdapCredentialCheck(
                    ldap, directory, threads("ldap-", ldap.connections(), settings.maxConcurrent()));
        } catch (LDAPException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("identities.credentials.ldap: " + e.getMessage(), e);
        }
    }

    private static void warnOfPlainText(LdapCheckSettings ldap) {
        if (!ldap.startTls() && ldap.uris().stream().anyMatch(uri -> "ldap".equalsIgnoreCase(uri.getScheme()))) {
            log.warn("identities.credentials.ldap.uris: passwords travel unencrypted; use ldaps:// or start-tls");
        }
    }

    private static SSLContext sslContext(@Nullable String name, ObjectProvider<SslBundles> bundles)
            throws NoSuchAlgorithmException {
        return name == null || name.isEmpty()
                ? SSLContext.getDefault()
                : bundles.getObject().getBundle(name).createSslContext();
    }

    private static Scheduler threads(String name, int count, int queue) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(queue), factory);
        executor.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(executor);
    }

    private static @Nullable SslContext tls(@Nullable String name, ObjectProvider<SslBundles> bundles) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        SslBundle bundle = bundles.getObject().getBundle(name);
        try {
            return SslContextBuilder.forClient()
                    .keyManager(bundle.getManagers().getKeyManagerFactory())
                    .trustManager(bundle.getManagers().getTrustManagerFactory())
                    .build();
        } catch (SSLException e) {
            throw Setting.wrong("http.ssl-bundle", name + " (" + e.getMessage() + ")", "a usable bundle");
        }
    }
}
