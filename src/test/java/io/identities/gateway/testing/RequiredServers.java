package io.identities.gateway.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs of other projects that some tests run: the test is skipped where one is not installed, and fails instead
 * where {@code TEST_REQUIRE_SERVERS=true} says that all of them are (as the build server does).
 */
public final class RequiredServers {

    private static final String REQUIRE = "TEST_REQUIRE_SERVERS";

    private RequiredServers() {}

    public static Path nginx() {
        return executable("nginx");
    }

    public static Path caddy() {
        return executable("caddy");
    }

    public static Path redisServer() {
        return executable("redis-server");
    }

    public static Path htpasswd() {
        return executable("htpasswd");
    }

    public static Path openssl() {
        return executable("openssl");
    }

    public static Path chromium() {
        return executable("chromium");
    }

    public static Path promtool() {
        return executable("promtool");
    }

    /** The program's place, from the {@code PATH} or the folders for system programs; never returns without one. */
    public static Path executable(String name) {
        Optional<Path> found = folders()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        String message = name + " is not installed";
        if (Boolean.parseBoolean(System.getenv(REQUIRE))) {
            return fail(message + ", and " + REQUIRE + " says that it must be");
        }
        return abort(message);
    }

    private static Stream<String> folders() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                Stream.of(path.split(File.pathSeparator)).filter(folder -> !folder.isEmpty()),
                Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin"));
    }
}
