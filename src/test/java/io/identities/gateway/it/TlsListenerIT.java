package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The public port with TLS: Boot's SSL bundles, HTTP/2, client certificates. */
@ExtendWith(OutputCaptureExtension.class)
class TlsListenerIT {

    @TempDir
    Path directory;

    @Test
    void bundleIsServedWithHttp2AndReloaded() throws Exception {
        Path first = TestCertificates.keyStore(directory, "first");
        Path second = TestCertificates.keyStore(directory, "second");
        Path served = Files.copy(first, directory.resolve("served.p12"));
        try (RunningGateway gateway = start(served, "server.http2.enabled=true")) {
            SSLContext trusting = context(TestCertificates.trustStore(first), null);
            HttpResponse<String> answer = get(trusting, gateway.port());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate"))
                    .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));

            Files.copy(second, served, StandardCopyOption.REPLACE_EXISTING);
            SSLContext newTrust = context(TestCertificates.trustStore(second), null);
            await().atMost(Duration.ofSeconds(60)).until(() -> "CN=second".equals(subject(newTrust, gateway.port())));
        }
    }

    @Test
    void whatHttp2LeavesOutIsThereForTheBackendAndTheOtherWayRound() throws Exception {
        Path keys = TestCertificates.keyStore(directory, "public");
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = start(
                        keys,
                        "server.http2.enabled=true",
                        "identities.backend.uri=" + backend.uri(),
                        "identities.access.rules[0].path=/open",
                        "identities.access.rules[0].allow=anonymous")) {
            backend.respond(
                    (request, out) -> out.write(RecordingBackend.answer("205 Reset Content", "X-A: b", "hello")));
            SSLContext trusting = context(TestCertificates.trustStore(keys), null);
            HttpRequest.Builder request = request(gateway.port(), "/open")
                    .header("Cookie", "a=1")
                    .header("Cookie", "b=2")
                    .POST(HttpRequest.BodyPublishers.noBody());
            HttpResponse<String> answer = send(trusting, request);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(205);
            assertThat(answer.headers().allValues("content-length")).containsExactly("0");
            assertThat(answer.headers().allValues("date")).hasSize(1);
            // Some servers of HTTP/1.1 read the first Cookie line only, and some answer 411.
            assertThat(backend.last().headers("Cookie")).containsExactly("a=1; b=2");
            assertThat(backend.last().headers("Content-Length")).containsExactly("0");
        }
    }

    @Test
    @DisplayName(
            "K8S-03 probes ask in the clear whatever the public port speaks; who knocks there without TLS leaves no trace")
    void k8s03_managementStaysClear(CapturedOutput output) throws Exception {
        try (RunningGateway gateway =
                start(TestCertificates.keyStore(directory, "public"), "server.http2.enabled=true")) {
            String probe = "GET /actuator/health/liveness HTTP/1.1\r\nHost: gw\r\n\r\n";
            assertThat(RawConnection.exchange(gateway.managementPort(), probe).status())
                    .isEqualTo(200);
            try (RawConnection connection = new RawConnection(gateway.port())) {
                connection.send(probe);
                assertThat(connection.isClosedByPeer()).isTrue();
            }
        }
        assertThat(output.getAll()).doesNotContain("NotSslRecordException", "\tat ");
    }

    @Test
    void nothingBelowTls12AndNoWeakCipherIsAgreedTo() throws Exception {
        Path keys = TestCertificates.rsaKeyStore(directory, "strong");
        try (RunningGateway gateway = start(keys)) {
            SSLContext trusting = context(TestCertificates.trustStore(keys), null);
            assertThat(get(trusting, gateway.port()).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            for (String suite : trusting.getSupportedSSLParameters().getCipherSuites()) {
                boolean strong = suite.startsWith("TLS_ECDHE_") && suite.matches(".*_(GCM|POLY1305)_.*");
                if (strong || suite.matches("TLS_(AES|CHACHA20|EMPTY)_.*")) {
                    continue;
                }
                try (SSLSocket socket = socket(trusting, gateway.port())) {
                    socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                    socket.setEnabledCipherSuites(new String[] {suite});
                    assertThatThrownBy(socket::startHandshake).as(suite).isInstanceOf(IOException.class);
                }
            }
            try (SSLSocket socket = socket(trusting, gateway.port())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.1"});
                assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void clientCertificateIsAskedForWhereConfigured() throws Exception {
        Path keys = TestCertificates.keyStore(directory, "mutual");
        Path client = TestCertificates.keyStore(directory, "client");
        try (RunningGateway gateway = start(
                keys,
                "server.ssl.client-auth=need",
                "spring.ssl.bundle.jks.public.truststore.location=file:" + TestCertificates.trustStore(client),
                "spring.ssl.bundle.jks.public.truststore.password=" + TestCertificates.PASSWORD)) {
            Path trust = TestCertificates.trustStore(keys);
            assertThat(get(context(trust, client), gateway.port()).statusCode()).isEqualTo(401);
            assertThatThrownBy(() -> get(context(trust, null), gateway.port())).isInstanceOf(IOException.class);
        }
    }

    private static RunningGateway start(Path keyStore, String... settings) {
        return RunningGateway.with("identities.backend.uri=http://127.0.0.1:9")
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "server.ssl.bundle=public",
                        "spring.ssl.bundle.jks.public.keystore.location=file:" + keyStore,
                        "spring.ssl.bundle.jks.public.keystore.password=" + TestCertificates.PASSWORD,
                        "spring.ssl.bundle.jks.public.reload-on-update=true",
                        "spring.ssl.bundle.watch.file.quiet-period=100ms")
                .settings(settings)
                .start();
    }

    private static HttpResponse<String> get(SSLContext context, int port) throws Exception {
        return send(context, request(port, "/api/v1/renewToken"));
    }

    private static HttpRequest.Builder request(int port, String target) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + target))
                .timeout(Duration.ofSeconds(10));
    }

    private static HttpResponse<String> send(SSLContext context, HttpRequest.Builder request) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String subject(SSLContext context, int port) {
        try (SSLSocket socket = socket(context, port)) {
            socket.startHandshake();
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        } catch (IOException e) {
            return "";
        }
    }

    private static SSLSocket socket(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static SSLContext context(Path trust, @Nullable Path keys) throws Exception {
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(load(trust));
        KeyManager[] own = null;
        if (keys != null) {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(load(keys), TestCertificates.PASSWORD.toCharArray());
            own = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trusted.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        return store;
    }
}
