package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
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
import org.springframework.core.env.Environment;

/** What is wrong with an SSL bundle, by itself and for the server that names it. */
final class BundleProblems {

    private static final List<String> SERVERS = List.of("server", "management.server");

    private final Environment environment;
    private final Clock clock;

    BundleProblems(Environment environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /** A sentence, where no handshake could succeed with the bundle, or too many would. */
    Optional<String> in(String name, SslBundle bundle) {
        try {
            String problem = foreignKey(name, bundle);
            for (String server : SERVERS) {
                problem = problem == null ? ofServer(server, name, bundle) : problem;
            }
            return Optional.ofNullable(problem);
        } catch (GeneralSecurityException e) {
            return Optional.of(unusable(name, bundle, e));
        } catch (IllegalStateException | IllegalArgumentException e) {
            return Optional.of(unusable(name, bundle, e));
        }
    }

    /** Certificates that nobody accepts any more, or not yet. A restart on that day is no time to refuse the start. */
    List<String> warnings(String name, SslBundle bundle) {
        Instant now = clock.instant();
        List<String> warnings = new ArrayList<>();
        for (X509Certificate certificate : certificates(bundle)) {
            Instant from = certificate.getNotBefore().toInstant();
            Instant to = certificate.getNotAfter().toInstant();
            if (now.isBefore(from) || now.isAfter(to)) {
                warnings.add(property(name, bundle) + ": found the certificate of " + subject(certificate)
                        + ", good from " + from + " to " + to + ", expected one that is good now");
            }
        }
        return warnings;
    }

    private static @Nullable String foreignKey(String name, SslBundle bundle) throws GeneralSecurityException {
        KeyStore keys = bundle.getStores().getKeyStore();
        if (keys == null) {
            return null;
        }
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)
                    && keys.getCertificate(alias) instanceof X509Certificate certificate
                    && keys.getKey(alias, opening(bundle)) instanceof PrivateKey key
                    && !KeyMatch.of(key, certificate.getPublicKey())) {
                return property(name, bundle) + ": found a private key that is not of the certificate of "
                        + subject(certificate) + ", expected the key of that certificate";
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
        if (!holdsKey(bundle.getStores().getKeyStore())) {
            return server + ".ssl.bundle: found '" + LogText.of(name)
                    + "', which holds no private key, expected a bundle with a certificate and its key";
        }
        Ssl.ClientAuth asked = ssl.getClientAuth();
        if (asked != null && asked != Ssl.ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
            return server + ".ssl.client-auth: found " + asked.name().toLowerCase(Locale.ROOT) + " and the bundle '"
                    + LogText.of(name)
                    + "' without a trust store, expected one with the CA of the clients, in place of every public CA";
        }
        return null;
    }

    /** What cannot be bound is told by whoever binds it. */
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

    private static boolean holdsKey(@Nullable KeyStore keys) throws KeyStoreException {
        if (keys != null) {
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<X509Certificate> certificates(SslBundle bundle) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (KeyStore store : stores(bundle)) {
                for (String alias : Collections.list(store.aliases())) {
                    if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                        certificates.add(certificate);
                    }
                }
            }
        } catch (KeyStoreException | IllegalStateException e) {
            return List.of();
        }
        return certificates;
    }

    private static List<KeyStore> stores(SslBundle bundle) {
        return Stream.of(
                        Optional.ofNullable(bundle.getStores().getKeyStore()),
                        Optional.ofNullable(bundle.getStores().getTrustStore()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static String unusable(String name, SslBundle bundle, Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = root == failure ? "" : ": " + StartProblem.shown(root.getMessage());
        return property(name, bundle) + ": found what cannot be used (" + StartProblem.shown(failure.getMessage()) + why
                + "), expected certificates and keys that can be read with the passwords given";
    }

    private static String property(String name, SslBundle bundle) {
        String kind = bundle.getStores() instanceof PemSslStoreBundle ? "pem" : "jks";
        return "spring.ssl.bundle." + kind + '.' + LogText.of(name);
    }

    private static String subject(X509Certificate certificate) {
        return LogText.of(certificate.getSubjectX500Principal().getName());
    }
}
