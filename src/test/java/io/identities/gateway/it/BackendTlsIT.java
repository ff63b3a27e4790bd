package io.identities.gateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.identities.gateway.testing.LogCapture;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An https backend with a certificate of its own making: who is believed, and under which name. */
class BackendTlsIT {

    private static final String ELSEWHERE = "SAN=dns:elsewhere.example";
    private static final String HERE = "SAN=ip:127.0.0.1,dns:localhost";
    private static final String SAME = "CN=backend";

    @TempDir
    static Path directory;

    private static Path keys;
    private static Path trust;
    private static int port;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        keys = directory.resolve("keys.p12");
        TestCertificates.generate(keys, "steady", "-dname", SAME, "-ext", ELSEWHERE);
        TestCertificates.generate(keys, "pinned", "-dname", SAME, "-ext", ELSEWHERE);
        TestCertificates.generate(keys, "impostor", "-dname", SAME, "-ext", HERE);
        TestCertificates.generate(keys, "ca", "-dname", "CN=ca", "-ext", "bc:c");
        TestCertificates.generate(keys, "wrong", "-dname", SAME, "-ext", ELSEWHERE, "-signer", "ca");
        TestCertificates.generate(keys, "right", "-dname", SAME, "-ext", HERE, "-signer", "ca");
        trust = Files.copy(TestCertificates.trustStore(keys, "steady", "pinned", "ca"), directory.resolve("trust"));
        port = freePort();
        gateway = before(port, trust);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    @DisplayName(
            "CFG-10 a certificate that is not trusted, or is for another host, is a 502; a pinned one needs no name")
    void pinnedCertificateIsBelievedUnderAnyNameAndASignedOneUnderItsOwn() throws Exception {
        try (LogCapture log = LogCapture.of("io.identities.gateway.proxy")) {
            assertThat(ask("pinned").text()).isEqualTo("pinned");
            assertThat(ask("right").text()).isEqualTo("right");
            assertThat(log.warnings()).isEmpty();
            for (String distrusted : List.of("impostor", "wrong")) {
                Answer answer = ask(distrusted);
                assertThat(answer.status()).as(distrusted).isEqualTo(502);
                assertThat(answer.text()).contains("\"code\":\"backend_failed\"");
            }
            assertThat(log.warnings()).hasSize(2);

            Files.write(trust, Files.readAllBytes(TestCertificates.trustStore(keys, "steady", "impostor")));
            await().untilAsserted(() -> assertThat(ask("impostor").text()).isEqualTo("impostor"));
            assertThat(ask("pinned").status()).isEqualTo(502);
        }
    }

    @Test
    @DisplayName("UPS-08 what has ended one kept connection by a close_notify has ended others")
    void ups08_theSecondTryIsOnAFreshConnection() throws Exception {
        CountDownLatch together = new CountDownLatch(2);
        AtomicInteger asked = new AtomicInteger();
        try (RecordingBackend backend = new RecordingBackend(InetAddress.getLoopbackAddress(), port);
                RawConnection one = new RawConnection(gateway.port());
                RawConnection another = new RawConnection(gateway.port())) {
            backend.handleConnections(socket -> {
                SSLSocket tls = accept(socket);
                if (readHead(tls).contains(" /identities/together ")) {
                    meet(together);
                } else {
                    asked.incrementAndGet();
                }
                tls.getOutputStream().write(RecordingBackend.ok("{}"));
                if (readHead(tls).contains(" /identities/second ")) {
                    asked.incrementAndGet();
                }
                tls.shutdownOutput();
            });
            one.send(request("/identities/together"));
            another.send(request("/identities/together"));
            assertThat(one.readAnswer().status()).isEqualTo(200);
            assertThat(another.readAnswer().status()).isEqualTo(200);

            assertThat(RawConnection.exchange(gateway.port(), request("/identities/second"))
                            .status())
                    .isEqualTo(200);
            assertThat(asked).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("RFC 9112 9.8 an answer that ends with its connection is whole only where TLS says so")
    void answerWithoutALengthEndsByACloseNotify(boolean whole) throws Exception {
        try (RecordingBackend backend = new RecordingBackend(InetAddress.getLoopbackAddress(), port);
                RawConnection client = new RawConnection(gateway.port())) {
            backend.handleConnections(socket -> {
                SSLSocket tls = accept(socket);
                readHead(tls);
                tls.getOutputStream().write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf".getBytes(US_ASCII));
                if (whole) {
                    tls.shutdownOutput();
                }
            });
            client.send(request("/identities/image").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            String answer = new String(client.socket().getInputStream().readAllBytes(), US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\r\n4\r\nhalf\r\n");
            assertThat(answer.endsWith("half\r\n0\r\n\r\n")).isEqualTo(whole);
        }
    }

    private static Answer ask(String alias) throws Exception {
        HttpsServer backend = serve(port, keys, alias);
        try {
            return RawConnection.exchange(gateway.port(), request("/identities"));
        } finally {
            backend.stop(0);
        }
    }

    /** TLS as a backend has it, on a connection that it can end without. */
    private static SSLSocket accept(Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket) context(keys, "steady").getSocketFactory().createSocket(socket, null, port, false);
        tls.setUseClientMode(false);
        return tls;
    }

    /** Empty where the connection ends before it. */
    private static String readHead(SSLSocket tls) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = tls.getInputStream().read();
                b >= 0;
                b = tls.getInputStream().read()) {
            head.append((char) b);
            if (b == '\n' && head.indexOf("\r\n\r\n") >= 0) {
                return head.toString();
            }
        }
        return "";
    }

    private static void meet(CountDownLatch together) {
        together.countDown();
        try {
            together.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String request(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer " + gateway.tokenFor("alice")
                + "\r\n\r\n";
    }

    /** None that the kernel gives to a client meanwhile: it is bound once for each backend. */
    private static int freePort() {
        return ThreadLocalRandom.current()
                .ints(20_000, 30_000)
                .filter(BackendTlsIT::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static RunningGateway before(int port, Path trust) {
        return RunningGateway.with("identities.backend.uri=https://localhost:" + port)
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        // So that a connection has been put back before the next request is read.
                        "identities.server.event-loops=1",
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

    private static SSLContext context(Path keyStore, String alias) {
        try (InputStream in = Files.newInputStream(keyStore)) {
            char[] password = TestCertificates.PASSWORD.toCharArray();
            KeyStore one = KeyStore.getInstance("PKCS12");
            one.load(in, password);
            for (String other : Collections.list(one.aliases())) {
                if (!other.equals(alias)) {
                    one.deleteEntry(other);
                }
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(one, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
