package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.identities.gateway.testing.GatewayProcess;
import io.identities.gateway.testing.RawConnection;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application starts with the very files that a rendering mounts, the secret replaced as the README says. */
class ManifestsStartIT {

    private static final String MOUNTS = "/etc/identities-gateway";
    private static final String LOGIN = "{\"username\":\"alice\",\"password\":\"wonderland\"}";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/edge", "overlays/companion", "overlays/monitoring"})
    void probesAnswerAndAUserLogsIn(String rendering) throws IOException {
        List<Manifest> rendered = Kustomization.render(Path.of("k8s", rendering));
        mount(rendered);
        Files.writeString(folder.resolve("secret/identities.keys.secret"), RunningGateway.SECRET);
        Files.writeString(folder.resolve("users/htpasswd"), htpasswdLine() + "\n");
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = gateway()
                        .settings(
                                isCompanion(rendered)
                                        ? new String[0]
                                        : new String[] {"identities.backend.uri=" + backend.uri()})
                        .start()) {
            for (String probe : PodRules.PROBES) {
                assertThat(RawConnection.exchange(
                                        gateway.managementPort(), "GET " + probe + " HTTP/1.1\r\nHost: pod\r\n\r\n")
                                .status())
                        .isEqualTo(200);
            }
            assertThat(RawConnection.exchange(
                                    gateway.port(),
                                    "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + LOGIN.length() + "\r\n\r\n" + LOGIN)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void secretOfTheExampleStopsTheStart() throws IOException {
        mount(Kustomization.render(Path.of("k8s", "base")));

        assertThatThrownBy(() -> gateway().start().close())
                .hasStackTraceContaining("identities.keys.secret: found an example value")
                .extracting(ManifestsStartIT::stackTrace)
                .asString()
                .doesNotContain("change-me-to-random-bytes");
    }

    @Test
    @DisplayName("K8S-09 with the image's memory and no writable place, uploads pass and garbage tokens are refused")
    void k8s09_littleMemoryAndNothingToWriteTo() throws Exception {
        mount(Kustomization.render(Path.of("k8s", "base")));
        Files.writeString(folder.resolve("secret/identities.keys.secret"), RunningGateway.SECRET);
        Files.writeString(folder.resolve("users/htpasswd"), htpasswdLine() + "\n");
        PodSurroundings pod = new PodSurroundings(folder);
        try (RecordingBackend backend = new RecordingBackend();
                GatewayProcess gateway = GatewayProcess.launch(
                        pod.javaOptions(),
                        pod,
                        "spring.config.additional-location=file:" + folder + "/config/",
                        "identities.shutdown.pre-stop-delay=0s",
                        "identities.backend.uri=" + backend.uri())) {
            String authorization = "Authorization: Bearer " + logIn(gateway.port()) + "\r\n";

            ExecutorService clients = Executors.newFixedThreadPool(10);
            List<Future<Integer>> uploads =
                    clients.invokeAll(Collections.nCopies(10, () -> upload(gateway.port(), authorization, 5_000_000)));
            for (Future<Integer> upload : uploads) {
                assertThat(upload.get()).isEqualTo(200);
            }
            clients.shutdown();
            assertThat(backend.received()).allMatch(request -> request.bodyLength() == 5_000_000);
            for (int i = 0; i < 2000; i++) {
                String garbage = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9." + i + ".x\r\n";
                assertThat(get(gateway.port(), garbage)).isEqualTo(401);
            }

            assertThat(get(gateway.port(), authorization)).isEqualTo(200);
            assertThat(pod.writtenFiles()).isEmpty();
        }
    }

    private static String logIn(int port) throws IOException {
        String answer = RawConnection.exchange(
                        port,
                        "POST /api/v1/authenticate HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + LOGIN.length() + "\r\n\r\n" + LOGIN)
                .text();
        return answer.replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    private static int upload(int port, String authorization, int size) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            return connection
                    .send("POST /identities HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\n" + authorization
                            + "Content-Length: " + size + "\r\n\r\n")
                    .send(new byte[size])
                    .readAnswer()
                    .status();
        }
    }

    private static int get(int port, String authorization) throws IOException {
        return RawConnection.exchange(port, "GET /x HTTP/1.1\r\nHost: gw\r\n" + authorization + "\r\n")
                .status();
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private RunningGateway.Builder gateway() {
        return RunningGateway.with(
                        "spring.config.additional-location=file:" + folder + "/config/",
                        "identities.shutdown.pre-stop-delay=0s")
                .without("identities.keys.secret");
    }

    private static boolean isCompanion(List<Manifest> rendered) {
        return ApplicationFiles.settings(rendered)
                .anyMatch(setting -> setting.getKey().equals("identities.mode"));
    }

    /** What the kubelet does with the volumes of the Deployment. */
    private void mount(List<Manifest> rendered) throws IOException {
        Manifest deployment = rendered.stream()
                .filter(manifest -> manifest.is("Deployment"))
                .findFirst()
                .orElseThrow();
        Map<Object, String> sources = new HashMap<>();
        for (Object volume : deployment.find("spec.template.spec.volumes[]")) {
            String source = "" + Manifest.find(volume, "configMap.name") + Manifest.find(volume, "secret.secretName");
            sources.put(Manifest.map(volume).get("name"), source.replaceAll("[\\[\\]]", ""));
        }
        for (Object mount : deployment.find("spec.template.spec.containers[].volumeMounts[]")) {
            Map<String, Object> map = Manifest.map(mount);
            String path = (String) map.get("mountPath");
            Path target = Files.createDirectories(folder.resolve(path.substring(MOUNTS.length() + 1)));
            for (Manifest manifest : rendered) {
                if (manifest.name().equals(sources.get(map.get("name")))) {
                    write(manifest, target, path.endsWith("/config"));
                }
            }
        }
    }

    private void write(Manifest manifest, Path target, boolean configMap) throws IOException {
        if (configMap != manifest.is("ConfigMap")) {
            return;
        }
        for (Map.Entry<String, Object> file : manifest.mapAt("data").entrySet()) {
            String content = configMap ? (String) file.getValue() : SettingRules.decoded(file.getValue());
            Files.writeString(target.resolve(file.getKey()), content.replace(MOUNTS, folder.toString()), UTF_8);
        }
    }

    /** {@code {SHA}} needs no program to make. */
    private static String htpasswdLine() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest("wonderland".getBytes(UTF_8));
            return "alice:{SHA}" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
