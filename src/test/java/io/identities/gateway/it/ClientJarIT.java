package io.identities.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.RunningGateway;
import io.identities.gateway.token.Subject;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The client's own jar, with nothing beside it. Needs the package; skipped without it. */
@EnabledIfSystemProperty(named = "test.client-jar", matches = ".+")
class ClientJarIT {

    private static final Path JAR = Path.of(System.getProperty("test.client-jar", ""));

    private static final String PROGRAM = """
            import io.identities.client.IdentitiesClient;
            import java.net.URI;
            import java.net.http.HttpRequest;
            import java.net.http.HttpResponse.BodyHandlers;

            class Program {
                public static void main(String[] args) throws Exception {
                    try (IdentitiesClient client = IdentitiesClient.builder(URI.create(args[0]))
                            .credentials("alice", "wonderland"::toCharArray)
                            .build()) {
                        HttpRequest request = HttpRequest.newBuilder(client.uri("/api/v1/people")).build();
                        System.out.print(client.send(request, BodyHandlers.ofString()).body());
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void isSmallAndHoldsTheClientOnly() throws Exception {
        assertThat(Files.size(JAR)).isLessThan(60_000);
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(entry -> entry.getName()))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("io/identities/client/") || name.equals("META-INF/MANIFEST.MF"));
        }
    }

    @Test
    void aPlainProgramLogsInAndCallsWithNothingElseOnItsClassPath() throws Exception {
        Path source = Files.writeString(folder.resolve("Program.java"), PROGRAM);
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-cp", JAR.toString(), "-d", folder + "", source + "");
        assertThat(compiled).isZero();
        try (RecordingBackend backend = new RecordingBackend();
                RunningGateway gateway = RunningGateway.with("identities.backend.uri=" + backend.uri())
                        .bean(
                                CredentialCheck.class,
                                () -> credentials -> Mono.just(Optional.of(Subject.named(credentials.username()))))
                        .start()) {
            Path output = folder.resolve("output");
            Process program = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            JAR + File.pathSeparator + folder,
                            "Program",
                            gateway.uri("").toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output).hasContent("{\"ok\":true}");
        }
    }
}
