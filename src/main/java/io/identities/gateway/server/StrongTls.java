package io.identities.gateway.server;

import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;

/** TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, whatever the JDK would still agree to. */
final class StrongTls {

    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3", "TLSv1.2");

    private StrongTls() {}

    static void apply(SSLEngine engine) {
        engine.setEnabledProtocols(Stream.of(engine.getEnabledProtocols())
                .filter(PROTOCOLS::contains)
                .toArray(String[]::new));
        engine.setEnabledCipherSuites(Stream.of(engine.getEnabledCipherSuites())
                .filter(StrongTls::isStrong)
                .toArray(String[]::new));
    }

    static boolean isStrong(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
        boolean tls13 = suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_");
        return authenticated && (tls13 || suite.startsWith("TLS_ECDHE_"));
    }
}
