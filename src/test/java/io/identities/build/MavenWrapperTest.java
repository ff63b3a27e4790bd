package io.identities.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code mvnw} before a stand-in of the Apache archive on loopback. */
@DisabledOnOs(OS.WINDOWS)
class MavenWrapperTest {

    private static final List<String> TOOLS =
            List.of("sh", "sed", "head", "mkdir", "mktemp", "rm", "mv", "tar", "gzip", "cut", "sha512sum", "curl");

    @TempDir
    Path home;

    private final AtomicInteger downloads = new AtomicInteger();
    private HttpServer archive;
    private byte[] distribution;
    private Path path;

    @BeforeEach
    void startArchive() throws Exception {
        path = Files.createDirectory(home.resolve("path"));
        for (String tool : TOOLS) {
            script(path.resolve(tool), "exec " + locate(tool) + " \"$@\"");
        }
        distribution = distribution();
        archive = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        archive.createContext("/maven.tar.gz", exchange -> {
            downloads.incrementAndGet();
            exchange.sendResponseHeaders(200, distribution.length);
            exchange.getResponseBody().write(distribution);
            exchange.close();
        });
        archive.start();
    }

    @AfterEach
    void stopArchive() {
        archive.stop(0);
    }

    @Test
    void anInstalledMavenOfThreePointEightIsUsedAndNothingIsFetched() throws Exception {
        install("3.8.1");

        Run run = mvnw(Map.of(), "verify", "-Dname=two words");

        assertThat(run.output()).isEqualTo("installed [verify][-Dname=two words]");
        assertThat(downloads).hasValue(0);
    }

    @Test
    void anInstalledMavenFourIsUsed() throws Exception {
        install("4.0.0-rc-5");

        assertThat(mvnw(Map.of(), "verify").output()).isEqualTo("installed [verify]");
    }

    @Test
    void anOlderMavenGivesWayToTheFetchedOne() throws Exception {
        install("3.6.3");

        Run run = mvnw(fetching(sha512(distribution)), "-v");

        assertThat(run.output()).endsWith("fetched [-v]");
        assertThat(downloads).hasValue(1);
    }

    @Test
    void theDistributionIsFetchedOnceAndKept() throws Exception {
        mvnw(fetching(sha512(distribution)), "first");
        Run second = mvnw(fetching(sha512(distribution)), "second");

        assertThat(second.output()).isEqualTo("fetched [second]");
        assertThat(downloads).hasValue(1);
    }

    @Test
    void anArchiveWithAnotherHashIsRefusedAndNothingOfItIsRunOrKept() throws Exception {
        Run run = mvnw(fetching("0".repeat(128)), "verify");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .contains("SHA-512 " + sha512(distribution), "expected " + "0".repeat(128))
                .doesNotContain("fetched [");
        try (var kept = Files.list(home.resolve("kept"))) {
            assertThat(kept).isEmpty();
        }
    }

    @Test
    void anotherAddressWithoutItsHashIsRefusedBeforeAnythingIsFetched() throws Exception {
        Map<String, String> urlOnly = Map.of("MVNW_URL", url());

        assertThat(mvnw(urlOnly, "verify").exit()).isEqualTo(1);
        assertThat(downloads).hasValue(0);
    }

    @Test
    void anUnreachableArchiveEndsWithItsAddress() throws Exception {
        String gone = url();
        archive.stop(0);

        Run run = mvnw(fetching("0".repeat(128)), "verify");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output()).contains("could not fetch " + gone);
    }

    private Map<String, String> fetching(String sha512) {
        return Map.of("MVNW_URL", url(), "MVNW_SHA512", sha512);
    }

    private String url() {
        return "http://127.0.0.1:" + archive.getAddress().getPort() + "/maven.tar.gz";
    }

    private void install(String version) throws IOException {
        script(
                path.resolve("mvn"),
                "[ \"$1\" = -v ] && { echo 'Apache Maven " + version + " (abc)'; exit; }\n"
                        + "printf installed; printf ' '; printf '[%s]' \"$@\"");
    }

    private byte[] distribution() throws Exception {
        Path folder = home.resolve("apache-maven-0");
        Files.createDirectories(folder.resolve("bin"));
        script(folder.resolve("bin/mvn"), "printf fetched; printf ' '; printf '[%s]' \"$@\"");
        Path packed = home.resolve("packed.tar.gz");
        Process tar = new ProcessBuilder("tar", "-czf", packed.toString(), "-C", home.toString(), "apache-maven-0")
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        return Files.readAllBytes(packed);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run mvnw(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Path.of("mvnw").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("MVNW") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        builder.environment().put("PATH", path.toString());
        builder.environment().put("MVNW_HOME", home.resolve("kept").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }

    private static String sha512(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    }

    private static Path locate(String tool) {
        for (String folder : List.of("/usr/bin", "/bin", "/usr/local/bin")) {
            if (Files.isExecutable(Path.of(folder, tool))) {
                return Path.of(folder, tool);
            }
        }
        return Assumptions.abort(tool + " is not installed");
    }

    private record Run(int exit, String output) {}
}
