package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.ssl.SslBundle;

/** The contents of an SSL bundle. */
final class BundleContents {

    private BundleContents() {}

    static boolean hasKey(SslBundle bundle) throws KeyStoreException {
        KeyStore keys = bundle.getStores().getKeyStore();
        if (keys != null) {
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Its own certificates and those that it trusts; none if they cannot be read. */
    static List<X509Certificate> certificates(SslBundle bundle) {
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

    static String subject(X509Certificate certificate) {
        return LogText.of(certificate.getSubjectX500Principal().getName());
    }

    private static List<KeyStore> stores(SslBundle bundle) {
        return Stream.of(
                        Optional.ofNullable(bundle.getStores().getKeyStore()),
                        Optional.ofNullable(bundle.getStores().getTrustStore()))
                .flatMap(Optional::stream)
                .toList();
    }
}
