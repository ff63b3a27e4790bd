package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The image's description against the files that it copies and the Deployment that runs it. */
class DockerfileTest {

    private final List<String> lines;
    private final Manifest deployment = Kustomization.render(Path.of("k8s", "base")).stream()
            .filter(manifest -> manifest.is("Deployment"))
            .findFirst()
            .orElseThrow();

    DockerfileTest() throws IOException {
        lines = Files.readString(Path.of("Dockerfile"))
                .replaceAll("\\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    @Test
    void everyFileThatItCopiesExistsAndIsLetThrough() throws IOException {
        List<String> sources = instructions("COPY")
                .filter(copy -> !copy.startsWith("--from"))
                .flatMap(copy ->
                        Stream.of(copy.substring(0, copy.lastIndexOf(' ')).split(" ")))
                .toList();
        List<String> letThrough = Files.readAllLines(Path.of(".dockerignore"));

        assertThat(sources)
                .contains("src/docker/TrainingRun.java", "src/docker/jvm.options", "src/docker/compiler.directives");
        assertThat(sources).allSatisfy(source -> {
            assertThat(letThrough).anyMatch(line -> line.startsWith("!") && source.startsWith(line.substring(1)));
            if (!source.startsWith("target/")) {
                assertThat(Path.of(source)).exists();
            }
        });
    }

    @Test
    void signalsReachJavaWithoutAShellAndTheUserIsTheDeployments() {
        assertThat(instructions("ENTRYPOINT")).singleElement().asString().startsWith("[\"/opt/runtime/bin/java\"");
        assertThat(instructions("CMD")).isEmpty();
        assertThat(instructions("STOPSIGNAL")).containsExactly("SIGTERM");
        assertThat(instructions("USER"))
                .containsExactly(deployment
                                .texts("spec.template.spec.securityContext.runAsUser")
                                .get(0) + ":"
                        + deployment
                                .texts("spec.template.spec.securityContext.runAsGroup")
                                .get(0));
        assertThat(instructions("EXPOSE"))
                .containsExactly(
                        String.join(" ", deployment.texts("spec.template.spec.containers[].ports[].containerPort")));
    }

    @Test
    void basesAreArgumentsWithATagAndAPlaceForADigest() {
        assertThat(instructions("FROM"))
                .allMatch(from -> from.matches("\\$\\{\\w+_IMAGE}\\$\\{\\w+_DIGEST}( AS \\w+)?"));
        assertThat(instructions("ARG").filter(argument -> argument.contains("_IMAGE=")))
                .allMatch(image -> image.matches("\\w+=[^@]+:[\\w.-]+") && !image.endsWith(":latest"));
    }

    /** A file that Java cannot read costs one line at the start, and nothing else tells. */
    @Test
    void javaReadsTheCompilerDirectives() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:CompilerDirectivesFile=src/docker/compiler.directives",
                        "-version")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(java.getInputStream().readAllBytes(), UTF_8)).contains("1 compiler directives added");
        assertThat(Files.readAllLines(Path.of("src/docker/jvm.options")))
                .contains("-XX:CompilerDirectivesFile=/application/compiler.directives");
    }

    private Stream<String> instructions(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1).strip());
    }
}
