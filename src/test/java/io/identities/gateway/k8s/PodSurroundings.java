package io.identities.gateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What our Deployment lets a process have: the image's memory, nothing to write to, and at worst service links. */
final class PodSurroundings implements Consumer<ProcessBuilder> {

    /** The Deployment's memory limit. */
    private static final int CONTAINER_MIB = 256;

    private static final Pattern PERCENTAGE = Pattern.compile("-XX:MaxRAMPercentage=(\\d+)");

    /** What every Java knows; the rest belongs to the image's own. */
    private static final Pattern MEMORY = Pattern.compile(
            "-Xss\\w+|-XX:(Max\\w+|ReservedCodeCacheSize)=\\w+|-XX:\\+(UseSerialGC|ExitOnOutOfMemoryError)");

    /** Services of these names make Kubernetes set variables that look like settings. */
    private static final List<String> SERVICE_LINKS =
            List.of("IDENTITIES", "IDENTITIES_GATEWAY", "IDENTITIES_BACKEND", "IDENTITIES_KEYS", "REDIS");

    private final Path workingDirectory;
    private final Path file;

    PodSurroundings(Path folder) throws IOException {
        workingDirectory = Files.createDirectories(folder.resolve("working-directory"));
        file = Files.createFile(folder.resolve("file"));
    }

    List<String> javaOptions() throws IOException {
        List<String> options = new ArrayList<>();
        for (String option : Files.readAllLines(Path.of("src/docker/jvm.options"))) {
            Matcher heap = PERCENTAGE.matcher(option);
            if (heap.matches()) {
                options.add("-Xmx" + CONTAINER_MIB * Integer.parseInt(heap.group(1)) / 100 + "m");
            } else if (MEMORY.matcher(option).matches()) {
                options.add(option);
            }
        }
        assertThat(options).hasSize(7);
        // Below a file, where nobody can make a folder. (Netty's native transport lies unpacked in the image.)
        options.add("-Djava.io.tmpdir=" + file.resolve("nowhere"));
        options.add("-Dreactor.netty.native=false");
        return options;
    }

    @Override
    public void accept(ProcessBuilder process) {
        process.directory(workingDirectory.toFile());
        for (String service : SERVICE_LINKS) {
            process.environment().put(service + "_SERVICE_HOST", "10.0.0.2");
            process.environment().put(service + "_PORT", "tcp://10.0.0.2:80");
            process.environment().put(service + "_PORT_80_TCP_ADDR", "10.0.0.2");
        }
    }

    List<Path> writtenFiles() throws IOException {
        try (Stream<Path> files = Files.list(workingDirectory)) {
            return files.toList();
        }
    }
}
