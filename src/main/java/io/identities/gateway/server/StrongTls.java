package io.identities.gateway.server;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.web.server.Ssl;

/**
 * Restricts TLS to 1.2 and 1.3 with forward secrecy and authenticated encryption, whatever the JDK would still accept.
 * Restricts the SSL bundles, including those of single server names and reloaded ones, because the engine of a
 * connection is created and started in one step, as soon as the client has named the server.
 */
final class StrongTls {

    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

    private StrongTls() {}

    static void apply(NettyReactiveWebServerFactory factory) {
        SslBundles bundles = factory.getSslBundles();
        if (bundles != null) {
            factory.setSslBundles(new StrongBundles(bundles));
        }
        Ssl ssl = factory.getSsl();
        if (ssl != null && ssl.getBundle() == null) {
            ssl.setCiphers(ciphers(ssl.getCiphers()));
            ssl.setEnabledProtocols(protocols(ssl.getEnabledProtocols()));
        }
    }

    static boolean isStrong(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
        boolean tls13 = suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_");
        return authenticated && (tls13 || suite.startsWith("TLS_ECDHE_"));
    }

    private static SslBundle strong(SslBundle bundle) {
        SslOptions options = bundle.getOptions();
        return SslBundle.of(
                bundle.getStores(),
                bundle.getKey(),
                SslOptions.of(ciphers(options.getCiphers()), protocols(options.getEnabledProtocols())),
                bundle.getProtocol(),
                bundle.getManagers());
    }

    private static String[] ciphers(String @Nullable [] wanted) {
        return chosen(wanted == null ? supported().getCipherSuites() : wanted, StrongTls::isStrong);
    }

    private static String[] protocols(String @Nullable [] wanted) {
        return chosen(wanted == null ? supported().getProtocols() : wanted, PROTOCOLS::contains);
    }

    private static String[] chosen(String[] among, Predicate<String> isStrong) {
        String[] chosen = Stream.of(among).filter(isStrong).toArray(String[]::new);
        if (chosen.length == 0) {
            throw new IllegalArgumentException("server.ssl: found " + List.of(among)
                    + ", expected at least one of TLSv1.2 and TLSv1.3, and of the ECDHE suites with GCM or ChaCha20");
        }
        return chosen;
    }

    private static SSLParameters supported() {
        try {
            return SSLContext.getDefault().getSupportedSSLParameters();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record StrongBundles(SslBundles all) implements SslBundles {

        @Override
        public SslBundle getBundle(String name) {
            return strong(all.getBundle(name));
        }

        @Override
        public void addBundleUpdateHandler(String name, Consumer<SslBundle> handler) {
            all.addBundleUpdateHandler(name, bundle -> handler.accept(strong(bundle)));
        }

        @Override
        public void addBundleRegisterHandler(BiConsumer<String, SslBundle> handler) {
            all.addBundleRegisterHandler((name, bundle) -> handler.accept(name, strong(bundle)));
        }

        @Override
        public List<String> getBundleNames() {
            return all.getBundleNames();
        }
    }
}
