package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.LDAPException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Makes the check that {@code identities.credentials.check} names. */
final class ConfiguredChecks {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredChecks.class);

    private final CredentialSettings settings;
    private final CheckBundles bundles;
    private final Environment environment;
    private final Clock clock;

    ConfiguredChecks(
            CredentialSettings settings, ObjectProvider<SslBundles> bundles, Environment environment, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.bundles = new CheckBundles(bundles);
        this.environment = environment;
    }

    CredentialCheck make() {
        CredentialSettings.Kind kind = settings.check();
        if (kind == null) {
            return absent();
        }
        return switch (kind) {
            case HTTP -> {
                warnOfPlainText(settings.http());
                yield http();
            }
            case HTPASSWD -> htpasswd();
            case LDAP -> ldap();
        };
    }

    private CredentialCheck absent() {
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

    private CredentialCheck http() {
        HttpCheckSettings http = settings.http();
        CheckHttpClient client = new CheckHttpClient(http.connectTimeout(), http.timeout());
        bundles.follow("http.ssl-bundle", http.sslBundle(), bundle -> client.use(tls(bundle)));
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

    private CredentialCheck htpasswd() {
        HtpasswdCheckSettings htpasswd = settings.htpasswd();
        WatchedHtpasswdFile file = new WatchedHtpasswdFile(htpasswd.path());
        Scheduler threads = threads("htpasswd-", htpasswd.threadCount(), settings.maxConcurrent());
        return new HtpasswdCredentialCheck(file, PasswordHash::matches, threads, htpasswd.timeout())
                .watching(htpasswd.reloadInterval());
    }

    private CredentialCheck ldap() {
        LdapCheckSettings ldap = settings.ldap();
        try {
            ReplaceableSocketFactory tls = new ReplaceableSocketFactory(SSLContext.getDefault(), ldap.connectTimeout());
            bundles.follow("ldap.ssl-bundle", ldap.sslBundle(), bundle -> use(tls, bundle));
            LdapDirectory directory = new LdapDirectory(ldap, tls, clock);
            warnOfPlainText(ldap);
            return new LdapCredentialCheck(
                    ldap, directory, threads("ldap-", ldap.connections(), 2 * settings.maxConcurrent()));
        } catch (LDAPException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("identities.credentials.ldap: " + e.getMessage(), e);
        }
    }

    private static void use(ReplaceableSocketFactory sockets, SslBundle bundle) {
        try {
            sockets.replace(bundle.createSslContext(), bundle.getOptions());
        } catch (IllegalArgumentException e) {
            throw Setting.wrong("ldap.ssl-bundle", "(" + e.getMessage() + ")", "a usable bundle");
        }
    }

    private void warnOfPlainText(HttpCheckSettings http) {
        boolean backendIsSecure = environment
                .getProperty("identities.backend.uri", "")
                .toLowerCase(Locale.ROOT)
                .startsWith("https:");
        if (backendIsSecure && "http".equalsIgnoreCase(http.target().getScheme())) {
            log.warn("identities.credentials.http.uri: passwords travel unencrypted, although the backend is https");
        }
    }

    private static void warnOfPlainText(LdapCheckSettings ldap) {
        if (!ldap.startTls() && ldap.uris().stream().anyMatch(uri -> "ldap".equalsIgnoreCase(uri.getScheme()))) {
            log.warn("identities.credentials.ldap.uris: passwords travel unencrypted; use ldaps:// or start-tls");
        }
    }

    private static Scheduler threads(String name, int count, int queue) {
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(queue), factory);
        executor.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(executor);
    }

    private static SslContext tls(SslBundle bundle) {
        try {
            SslContext tls = SslContextBuilder.forClient()
                    .keyManager(bundle.getManagers().getKeyManagerFactory())
                    .trustManager(bundle.getManagers().getTrustManagerFactory())
                    .ciphers(SslOptions.asSet(bundle.getOptions().getCiphers()))
                    .protocols(bundle.getOptions().getEnabledProtocols())
                    .build();
            // Only an engine finds out that the platform has no such protocol or cipher.
            ReferenceCountUtil.release(tls.newEngine(ByteBufAllocator.DEFAULT));
            return tls;
        } catch (SSLException | IllegalArgumentException e) {
            throw Setting.wrong("http.ssl-bundle", "(" + e.getMessage() + ")", "a usable bundle");
        }
    }
}
