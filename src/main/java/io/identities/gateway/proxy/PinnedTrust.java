package io.identities.gateway.proxy;

import java.net.Socket;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the certificates of a trust store themselves whatever host they name; a certificate that is only signed by one
 * of them must match the host name. Immutable, thread-safe.
 */
final class PinnedTrust extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager others;
    private final Set<Certificate> pins;

    /** @param others checks every other certificate, including the host name */
    PinnedTrust(X509ExtendedTrustManager others, @Nullable KeyStore trustStore) throws KeyStoreException {
        this.others = others;
        this.pins = trustStore == null ? Set.of() : certificates(trustStore);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (!isPinned(chain)) {
            others.checkServerTrusted(chain, authType, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        if (!isPinned(chain)) {
            others.checkServerTrusted(chain, authType, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        others.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        others.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        others.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        others.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return others.getAcceptedIssuers();
    }

    private boolean isPinned(X509Certificate[] chain) {
        return chain.length > 0 && pins.contains(chain[0]);
    }

    private static Set<Certificate> certificates(KeyStore store) throws KeyStoreException {
        Set<Certificate> certificates = new HashSet<>();
        Enumeration<String> aliases = store.aliases();
        for (String alias : Collections.list(aliases)) {
            if (store.isCertificateEntry(alias)) {
                certificates.add(store.getCertificate(alias));
            }
        }
        return certificates;
    }
}
