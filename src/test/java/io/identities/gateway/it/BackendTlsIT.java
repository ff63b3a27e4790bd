package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An https backend with a certificate of its own making: who is believed, and under which name. */
class BackendTlsIT {

    private static final String ELSEWHERE = "SAN=dns:elsewhere.example";
    private static final String HERE = "SAN=ip:127.0.0.1,dns:localhost";
    private static final String SAME = "CN=backend";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "CFG-10 a certificate that is not trusted, or is for another host, is a 502; a pinned one needs no name")
    void pinnedCertificateIsBelievedUnderAnyNameAndASignedOneUnderItsOwn() throws Exception {
        Path keys = directory.resolve("keys.p12");
        TestCertificates.generate(keys, "pinned", "-dname", SAME, "-ext", ELSEWHERE);
        TestCertificates.generate(keys, "impostor", "-dname", SAME, "-ext", HERE);
        TestCertificates.generate(keys, "ca", "-dname", "CN=ca", "-ext", "bc:c");
        TestCertificates.generate(keys, "wrong", "-dname", SAME, "-ext", ELSEWHERE, "-signer", "ca");
        TestCertificates.generate(keys, "right", "-dname", SAME, "-ext", HERE, "-signer", "ca");
        int port = freePort();
        Path trust = Files.copy(TestCertificates.trustStore(keys, "pinned", "ca"), directory.resolve("trust"));
        try (RunningGateway gateway = before(port, trust);
                LogCapture log = LogCapture.of("io.identities.gateway.proxy")) {
            assertThat(ask(gateway, port, keys, "pinned").text()).isEqualTo("pinned");
            assertThat(ask(gateway, port, keys, "right").text()).isEqualTo("right");
            assertThat(log.warnings()).isEmpty();
            for (String distrusted : List.of("impostor", "wrong")) {
                Answer answer = ask(gateway, port, keys, distrusted);
                assertThat(answer.status()).as(distrusted).isEqualTo(502);
                assertThat(answer.text()).contains("\"code\":\"backend_failed\"");
            }
            assertThat(log.warnings()).hasSize(2);

            Files.write(trust, Files.readAllBytes(TestCertificates.trustStore(keys, "impostor")));
            await().untilAsserted(() ->
                    assertThat(ask(gateway, port, keys, "impostor").text()).isEqualTo("impostor"));
            assertThat(ask(gateway, port, keys, "pinned").status()).isEqualTo(502);
        }
    }

    private static Answer ask(RunningGateway gateway, int port, Path keys, String alias) throws Exception {
        HttpsServer backend = serve(port, keys, alias);
        try {
            return ask(gateway);
        } finally {
            backend.stop(0);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Answer ask(RunningGateway gateway) throws IOException {
        String token = gateway.tokenFor("alice");
        return RawConnection.exchange(
                gateway.port(), "GET /identities HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    }

    private static RunningGateway before(int port, Path trust) {
        return RunningGateway.with("identities.backend.uri=https://localhost:" + port)
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.backend.ssl-bundle=backend",
                        "spring.ssl.bundle.watch.file.quiet-period=100ms",
                        "spring.ssl.bundle.jks.backend.reload-on-update=true",
                        "spring.ssl.bundle.jks.backend.truststore.location=file:" + trust,
                        "spring.ssl.bundle.jks.backend.truststore.password=" + TestCertificates.PASSWORD)
                .start();
    }

    /** Answers with the alias of its certificate. */
    private static HttpsServer serve(int port, Path keyStore, String alias) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keyStore, alias)));
        server.createContext("/", exchange -> {
            byte[] body = alias.getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static SSLContext context(Path keyStore, String alias) throws Exception {
        char[] password = TestCertificates.PASSWORD.toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, password);
        }
        for (String other : Collections.list(keys.aliases())) {
            if (!other.equals(alias)) {
                keys.deleteEntry(other);
            }
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
