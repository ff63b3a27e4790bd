package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Finds the problems of an SSL bundle, by itself and for the server that uses it. */
final class BundleProblems {

    private static final List<String> SERVERS = List.of("server", "management.server");

    private final Environment environment;
    private final Clock clock;

    BundleProblems(Environment environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** A sentence if no handshake could succeed with the bundle, or if it would accept any client. */
    Optional<String> in(String name, SslBundle bundle) {
        String property = property(name, bundle);
        return check(property, () -> {
            String problem = foreignKey(property, bundle);
            for (String server : SERVERS) {
                problem = problem == null ? ofServer(server, name, bundle) : problem;
            }
            return problem;
        });
    }

    /** The same for a server whose certificates are configured in {@code server.ssl} itself. */
    Optional<String> withoutBundle() {
        return SERVERS.stream()
                .map(this::withoutBundle)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> withoutBundle(String server) {
        Ssl ssl = ssl(server);
        boolean named = ssl != null && (ssl.getCertificate() != null || ssl.getKeyStore() != null);
        if (ssl == null || !named || !ssl.isEnabled() || StringUtils.hasLength(ssl.getBundle())) {
            return Optional.empty();
        }
        String property = server + ".ssl";
        return check(property, () -> {
            SslBundle bundle = WebServerSslBundle.get(ssl);
            String problem = foreignKey(property, bundle);
            return problem == null ? anyClient(server, ssl, bundle) : problem;
        });
    }

    private static Optional<String> check(String property, Check check) {
        try {
            return Optional.ofNullable(check.problem());
        } catch (GeneralSecurityException | IllegalStateException | IllegalArgumentException e) {
            return Optional.of(unusable(property, e));
        }
    }

    /** Expired or not yet valid certificates. Only a warning: an expiry must not prevent a restart. */
    Optional<String> warning(String name, SslBundle bundle) {
        return CertificateDates.warning(BundleContents.certificates(bundle), clock.instant())
                .map(sentence -> property(name, bundle) + ": " + sentence);
    }

    private static @Nullable String foreignKey(String property, SslBundle bundle) throws GeneralSecurityException {
        KeyStore keys = bundle.getStores().getKeyStore();
        if (keys == null) {
            return null;
        }
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)
                    && keys.getCertificate(alias) instanceof X509Certificate certificate
                    && keys.getKey(alias, opening(bundle)) instanceof PrivateKey key
                    && !KeyMatch.of(key, certificate.getPublicKey())) {
                return property + ": found a private key that is not of the certificate of "
                        + BundleContents.subject(certificate) + ", expected the key of that certificate";
            }
        }
        return null;
    }

    private static char @Nullable [] opening(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        String opening = password == null ? bundle.getStores().getKeyStorePassword() : password;
        return opening == null ? null : opening.toCharArray();
    }

    private @Nullable String ofServer(String server, String name, SslBundle bundle) throws KeyStoreException {
        Ssl ssl = ssl(server);
        if (ssl == null || !ssl.isEnabled() || names(ssl).noneMatch(name::equals)) {
            return null;
        }
        if (!BundleContents.hasKey(bundle)) {
            return server + ".ssl.bundle: found '" + LogText.of(name)
                    + "', which holds no private key, expected a bundle with a certificate and its key";
        }
        return anyClient(server, ssl, bundle);
    }

    private static @Nullable String anyClient(String server, Ssl ssl, SslBundle bundle) {
        Ssl.ClientAuth asked = ssl.getClientAuth();
        return asked == null
                        || asked == Ssl.ClientAuth.NONE
                        || bundle.getStores().getTrustStore() != null
                ? null
                : server + ".ssl.client-auth: found " + asked.name().toLowerCase(Locale.ROOT)
                        + " without a trust store,"
                        + " expected one with the CA of the clients, in place of every public CA";
    }

    /** A value that cannot be bound is reported where it is bound. */
    private @Nullable Ssl ssl(String server) {
        try {
            return Binder.get(environment).bind(server + ".ssl", Ssl.class).orElse(null);
        } catch (BindException e) {
            return null;
        }
    }

    private static Stream<String> names(Ssl ssl) {
        return Stream.concat(
                Stream.ofNullable(ssl.getBundle()),
                ssl.getServerNameBundles().stream().map(Ssl.ServerNameSslBundle::bundle));
    }

    private static String unusable(String property, Exception failure) {
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        String why = root == failure ? "" : ": " + StartProblem.shown(root.getMessage());
        return property + ": found what cannot be used (" + StartProblem.shown(failure.getMessage()) + why
                + "), expected certificates and keys that can be read with the passwords given";
    }

    private static String property(String name, SslBundle bundle) {
        String kind = bundle.getStores() instanceof PemSslStoreBundle ? "pem" : "jks";
        return "spring.ssl.bundle." + kind + '.' + LogText.of(name);
    }

    /** The problem, or null. */
    @FunctionalInterface
    private interface Check {
        @Nullable String problem() throws GeneralSecurityException;
    }
}
