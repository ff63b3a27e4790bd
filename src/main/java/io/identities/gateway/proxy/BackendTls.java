package io.identities.gateway.proxy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.KeyStoreException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;

/**
 * TLS to the backend, with the JVM's trust store or an SSL bundle with a CA, a pinned certificate or a client
 * certificate. Verifies the host name unless the backend's certificate is pinned, that is, contained in the bundle.
 */
final class BackendTls implements UnaryOperator<HttpClient> {

    private static final Logger log = LoggerFactory.getLogger(BackendTls.class);

    private final boolean secure;
    private final Duration handshakeTimeout;
    private final @Nullable ReplaceableTls tls;

    /**
     * @param handshakeTimeout for the handshake as a whole
     * @param name of the bundle ({@code identities.backend.ssl-bundle}), or null for the JVM's trust store
     */
    BackendTls(boolean secure, Duration handshakeTimeout, @Nullable String name, @Nullable SslBundles bundles) {
        this.secure = secure;
        this.handshakeTimeout = handshakeTimeout;
        this.tls = name == null || name.isEmpty() ? null : following(name, bundles);
    }

    @Override
    public HttpClient apply(HttpClient client) {
        if (!secure) {
            return client;
        }
        return client.secure(spec -> context(spec).handshakeTimeout(handshakeTimeout));
    }

    private SslProvider.Builder context(SslProvider.SslContextSpec spec) {
        SslProvider.GenericSslContextSpec<?> trustOfTheJvm = Http11SslContextSpec.forClient();
        return tls == null ? spec.sslContext(trustOfTheJvm) : spec.sslContext(tls);
    }

    private static ReplaceableTls following(String name, @Nullable SslBundles bundles) {
        try {
            if (bundles != null) {
                ReplaceableTls tls = new ReplaceableTls(context(bundles.getBundle(name)));
                bundles.addBundleUpdateHandler(name, changed -> replace(tls, changed));
                return tls;
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(fault(name), e);
        }
        throw new IllegalArgumentException(fault(name));
    }

    /** After an update that cannot be used the last usable bundle stays in force. */
    private static void replace(ReplaceableTls tls, SslBundle changed) {
        try {
            tls.replace(context(changed));
            log.info("The changed bundle of identities.backend.ssl-bundle is in force for new connections");
        } catch (RuntimeException e) {
            log.warn("The changed bundle of identities.backend.ssl-bundle cannot be used: {}", e.getMessage());
        }
    }

    private static String fault(String name) {
        return "identities.backend.ssl-bundle: found '" + name
                + "', expected a usable bundle under spring.ssl.bundle.*";
    }

    private static SslContext context(SslBundle bundle) {
        SslManagerBundle managers = bundle.getManagers();
        SslOptions options = bundle.getOptions();
        try {
            return SslContextBuilder.forClient()
                    .keyManager(managers.getKeyManagerFactory())
                    .trustManager(trust(bundle))
                    .ciphers(SslOptions.asSet(options.getCiphers()))
                    .protocols(options.getEnabledProtocols())
                    .build();
        } catch (SSLException | KeyStoreException e) {
            throw new IllegalStateException("Cannot build TLS towards the backend", e);
        }
    }

    private static TrustManager trust(SslBundle bundle) throws KeyStoreException {
        for (TrustManager manager : bundle.getManagers().getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return new PinnedTrust(extended, bundle.getStores().getTrustStore());
            }
        }
        throw new IllegalStateException("No trust manager for certificates in the bundle");
    }
}
