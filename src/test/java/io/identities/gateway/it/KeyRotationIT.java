package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.keys.KeyRotation;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RawConnection.Answer;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.testing.TestKeys;
import io.identities.gateway.testing.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys change in a mounted directory, as Kubernetes changes it, while requests go on. */
@Timeout(120)
class KeyRotationIT {

    private static final String FIRST = "first-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";
    private static final String SECOND = "second-q7Zr-0fK_w3Jm9xTbLc2.VhYd5Ns8Ag41";

    @TempDir
    Path directory;

    private final AtomicInteger generation = new AtomicInteger();

    @Test
    @DisplayName("CAC-08, CAC-10 three rotations in a row under load: not one 401, not one 5xx")
    void rotationsUnderLoad() throws Exception {
        Map<String, String> k1 = Map.of("k1.secret", FIRST);
        Map<String, String> k12 = Map.of("k1.secret", FIRST, "k2.secret", SECOND);
        String ec = TestKeys.pem(TestKeys.ec("rotation", "secp256r1").getPrivate());
        String ed = TestKeys.pem(TestKeys.ed25519("rotation").getPrivate());
        swap(k1);
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = start(backend)) {
            Load load = new Load(gateway);
            Thread thread = new Thread(load, "load");
            thread.start();
            KeyRotation rotation = gateway.bean(KeyRotation.class);

            rotate(rotation, k12, "k2", Map.of("k2.secret", SECOND), load, gateway);
            rotate(rotation, Map.of("k2.secret", SECOND, "k3.pem", ec), "k3", Map.of("k3.pem", ec), load, gateway);
            rotate(rotation, Map.of("k3.pem", ec, "k4.pem", ed), "k4", Map.of("k4.pem", ed), load, gateway);

            load.stop = true;
            thread.join();
            assertThat(load.failures).isEmpty();
            assertThat(load.requests).hasValueGreaterThan(50);
        }
    }

    @Test
    void aBrokenDirectoryLeavesTheLastGoodKeysInForce() throws Exception {
        swap(Map.of("k1.secret", FIRST));
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = start(backend)) {
            KeyRotation rotation = gateway.bean(KeyRotation.class);
            String token = token("k1", FIRST);
            for (Map<String, String> broken :
                    List.of(Map.<String, String>of(), Map.of("k1.secret", "short"), Map.of("k1.secret", SECOND))) {
                swap(broken);
                await().until(() -> !rotation.healthy());
                assertThat(ask(gateway, "/identities/1", token).status()).isEqualTo(200);
                swap(Map.of("k1.secret", FIRST));
                await().until(rotation::healthy);
            }
        }
    }

    @Test
    void theJwksEndpointAnnouncesAKeyBeforeItSigns() throws Exception {
        swap(Map.of("k1.secret", FIRST));
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = start(backend)) {
            assertThat(ask(gateway, "/.well-known/jwks.json", token("k1", FIRST))
                            .status())
                    .isEqualTo(404);
            swap(Map.of(
                    "k1.secret",
                    FIRST,
                    "k2.pem",
                    TestKeys.pem(TestKeys.ec("rotation", "secp256r1").getPrivate())));
            await().untilAsserted(() -> {
                Answer answer = ask(gateway, "/.well-known/jwks.json", token("k1", FIRST));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text())
                        .contains("\"k2\"")
                        .doesNotContain("\"d\"")
                        .doesNotContain("k1");
            });
        }
    }

    private void rotate(
            KeyRotation rotation,
            Map<String, String> added,
            String signer,
            Map<String, String> left,
            Load load,
            RunningGateway gateway)
            throws Exception {
        String before = rotation.signer().id();
        swap(added);
        await().until(() -> rotation.current().verifiers().knows(signer));
        assertThat(rotation.signer().id()).as("not before the activation delay").isEqualTo(before);
        await().until(() -> rotation.signer().id().equals(signer));
        await().until(() -> load.signedBy(signer));
        String old = load.lastOf(before);
        assertThat(ask(gateway, "/identities/1", old).status())
                .as("old key is still there")
                .isEqualTo(200);
        swap(left);
        await().untilAsserted(() ->
                assertThat(ask(gateway, "/identities/1", old).status()).isEqualTo(401));
    }

    private RunningGateway start(RecordingBackend backend) {
        return RunningGateway.with("identities.backend.uri=" + backend.uri())
                .without("identities.keys.secret")
                .settings(
                        "identities.endpoints.authenticate.enabled=false",
                        "identities.keys.directory=" + directory.resolve("mounted"),
                        "identities.keys.reload-interval=100ms",
                        "identities.keys.activation-delay=1s")
                .start();
    }

    private void swap(Map<String, String> files) throws IOException {
        Path mounted = Files.createDirectories(directory.resolve("mounted"));
        String name = "..gen" + generation.incrementAndGet();
        Path next = Files.createDirectory(mounted.resolve(name));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(next.resolve(file.getKey()), file.getValue());
        }
        Files.createSymbolicLink(mounted.resolve("..tmp"), Path.of(name));
        Files.move(
                mounted.resolve("..tmp"),
                mounted.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        for (String file : files.keySet()) {
            if (!Files.isSymbolicLink(mounted.resolve(file))) {
                Files.createSymbolicLink(mounted.resolve(file), Path.of("..data", file));
            }
        }
        try (Stream<Path> names = Files.list(mounted)) {
            for (Path path : names.filter(path -> !path.getFileName().toString().startsWith("."))
                    .filter(path -> !files.containsKey(path.getFileName().toString()))
                    .toList()) {
                Files.delete(path);
            }
        }
    }

    private static String token(String kid, String secret) {
        return TestTokens.sessionToken(Instant.now(), "0199-session")
                .header("kid", kid)
                .signedWith(secret)
                .mint();
    }

    private static Answer ask(RunningGateway gateway, String path, String token) throws IOException {
        return RawConnection.exchange(
                gateway.port(),
                "GET " + path + " HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\nAuthorization: Bearer " + token
                        + "\r\n\r\n");
    }

    /** Uses a token and renews it, again and again. */
    private static final class Load implements Runnable {

        private final RunningGateway gateway;
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger requests = new AtomicInteger();
        private final Map<String, String> lastByKey = new ConcurrentHashMap<>();
        private final AtomicReference<String> token = new AtomicReference<>(token("k1", FIRST));
        private volatile boolean stop;

        Load(RunningGateway gateway) {
            this.gateway = gateway;
        }

        boolean signedBy(String kid) {
            return lastByKey.containsKey(kid);
        }

        String lastOf(String kid) {
            return lastByKey.get(kid);
        }

        @Override
        public void run() {
            while (!stop) {
                try {
                    String current = token.get();
                    expect(200, ask(gateway, "/identities/1", current));
                    Answer renewal = ask(gateway, "/api/v1/renewToken", current);
                    expect(200, renewal);
                    String renewed = renewal.text().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
                    token.set(renewed);
                    String header = new String(Base64.getUrlDecoder().decode(renewed.split("\\.")[0]));
                    lastByKey.put(header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1"), renewed);
                } catch (IOException | RuntimeException e) {
                    failures.add(e.toString());
                }
            }
        }

        private void expect(int status, Answer answer) {
            requests.incrementAndGet();
            if (answer.status() != status) {
                failures.add(answer.status() + " " + answer.text());
            }
        }
    }
}
