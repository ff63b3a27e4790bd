package io.identities.gateway.proxy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.KeyStoreException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import reactor.netty.http.client.HttpClient;

/**
 * TLS towards the backend: the JVM's own trust, or an SSL bundle with a CA, a pinned certificate or a client
 * certificate. The host name is checked, unless the backend's certificate is pinned: stands in the bundle itself.
 */
final class BackendTls implements UnaryOperator<HttpClient> {

    private final boolean secure;
    private final @Nullable SslBundle bundle;

    /** @param name of the bundle ({@code identities.backend.ssl-bundle}), or null for the JVM's own trust */
    BackendTls(boolean secure, @Nullable String name, @Nullable SslBundles bundles) {
        this.secure = secure;
        this.bundle = name == null || name.isEmpty() ? null : bundle(name, bundles);
    }

    @Override
    public HttpClient apply(HttpClient client) {
        if (!secure) {
            return client;
        }
        return bundle == null ? client.secure() : client.secure(spec -> spec.sslContext(context(bundle)));
    }

    private static SslBundle bundle(String name, @Nullable SslBundles bundles) {
        try {
            if (bundles != null) {
                return bundles.getBundle(name);
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(fault(name), e);
        }
        throw new IllegalArgumentException(fault(name));
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
