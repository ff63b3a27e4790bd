package io.identities.gateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.identities.gateway.IdentitiesGatewayApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The gateway in a process of its own, with the memory that the image gives it and no folder for temporary files. */
final class GatewayProcess implements AutoCloseable {

    /** {@code MaxRAMPercentage} of the 256 MiB that the Deployment allows. */
    private static final int CONTAINER_MIB = 256;

    private static final Pattern PERCENTAGE = Pattern.compile("-XX:MaxRAMPercentage=(\\d+)");

    /** What every Java knows; the rest belongs to the image's own. */
    private static final Pattern MEMORY = Pattern.compile(
            "-Xss\\w+|-XX:(Max\\w+|ReservedCodeCacheSize)=\\w+|-XX:\\+(UseSerialGC|ExitOnOutOfMemoryError)");

    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");

    /** Services of these names make Kubernetes set variables that look like settings. */
    private static final List<String> SERVICE_LINKS =
            List.of("IDENTITIES", "IDENTITIES_GATEWAY", "IDENTITIES_BACKEND", "IDENTITIES_KEYS", "REDIS");

    private final Process process;
    private final Path log;
    private final Path workingDirectory;

    private GatewayProcess(Process process, Path log, Path workingDirectory) {
        this.process = process;
        this.log = log;
        this.workingDirectory = workingDirectory;
    }

    /** Returns when both ports listen. */
    static GatewayProcess start(Path folder, String... arguments) throws IOException {
        Path workingDirectory = Files.createDirectories(folder.resolve("working-directory"));
        Path log = folder.resolve("gateway.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(imageMemory());
        // Below a file, where nobody can make a folder. (Netty's native transport lies unpacked in the image.)
        command.add(
                "-Djava.io.tmpdir=" + Files.createFile(folder.resolve("file")).resolve("nowhere"));
        command.add("-Dreactor.netty.native=false");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(IdentitiesGatewayApplication.class.getName());
        command.addAll(List.of(
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.server.port=0",
                "--identities.warm-up.enabled=false",
                "--identities.shutdown.pre-stop-delay=0s"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        SERVICE_LINKS.forEach(service -> {
            builder.environment().put(service + "_SERVICE_HOST", "10.0.0.2");
            builder.environment().put(service + "_PORT", "tcp://10.0.0.2:80");
            builder.environment().put(service + "_PORT_80_TCP_ADDR", "10.0.0.2");
        });
        Process process = builder.start();
        GatewayProcess gateway = new GatewayProcess(process, log, workingDirectory);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> !process.isAlive() || gateway.ports().size() == 2);
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return gateway;
    }

    int port() throws IOException {
        return gatewayPorts().get(0);
    }

    List<Path> writtenFiles() throws IOException {
        try (Stream<Path> files = Files.list(workingDirectory)) {
            return files.toList();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(1, TimeUnit.MINUTES)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    private static List<String> imageMemory() throws IOException {
        List<String> options = Files.readAllLines(Path.of("src/docker/jvm.options"));
        List<String> memory = new ArrayList<>();
        for (String option : options) {
            Matcher heap = PERCENTAGE.matcher(option);
            if (heap.matches()) {
                memory.add("-Xmx" + CONTAINER_MIB * Integer.parseInt(heap.group(1)) / 100 + "m");
            } else if (MEMORY.matcher(option).matches()) {
                memory.add(option);
            }
        }
        assertThat(memory).hasSize(7);
        return memory;
    }

    private List<Integer> gatewayPorts() throws IOException {
        return PORT.matcher(Files.readString(log))
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
    }

    private List<Integer> ports() {
        try {
            return gatewayPorts();
        } catch (IOException e) {
            return List.of();
        }
    }
}
