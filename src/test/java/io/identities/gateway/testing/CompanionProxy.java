package io.identities.gateway.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real nginx or Caddy on a free loopback port with the recipe that {@code k8s/recipes} ships, ports aside. */
public final class CompanionProxy implements AutoCloseable {

    private static final Path RECIPES = Path.of("k8s", "recipes");

    private static final String NGINX_MAIN = """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            events {}
            http {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                include %1$s/identities.conf;
            }
            """;

    private final Path folder;
    private final Process process;
    private final int port;

    private CompanionProxy(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        awaitListening();
    }

    public static CompanionProxy nginx(int gateway, int application) throws IOException {
        Path program = RequiredServers.nginx();
        Path folder = Files.createTempDirectory("nginx");
        int port = freePort();
        Files.writeString(folder.resolve("nginx.conf"), NGINX_MAIN.formatted(folder));
        String recipe = Files.readString(RECIPES.resolve("nginx/identities.conf"));
        recipe = replaced(recipe, "server identities-gateway:80;", "server 127.0.0.1:" + gateway + ";");
        recipe = replaced(recipe, "server application:8080;", "server 127.0.0.1:" + application + ";");
        recipe = replaced(recipe, "listen 8080;", "listen 127.0.0.1:" + port + ";");
        Files.writeString(folder.resolve("identities.conf"), recipe);
        return new CompanionProxy(
                folder,
                start(new ProcessBuilder(
                        program.toString(), "-e", "stderr", "-p", folder.toString(), "-c", folder + "/nginx.conf")),
                port);
    }

    public static CompanionProxy caddy(int gateway, int application) throws IOException {
        Path program = RequiredServers.caddy();
        Path folder = Files.createTempDirectory("caddy");
        int port = freePort();
        String recipe = Files.readString(RECIPES.resolve("caddy/Caddyfile"));
        String site = "{$IDENTITIES_LISTEN::8080} {\n";
        Files.writeString(folder.resolve("Caddyfile"), replaced(recipe, site, site + "\tbind 127.0.0.1\n"));
        ProcessBuilder builder = new ProcessBuilder(
                program.toString(), "run", "--adapter", "caddyfile", "--config", folder + "/Caddyfile");
        builder.environment()
                .putAll(Map.of(
                        "IDENTITIES_LISTEN",
                        ":" + port,
                        "IDENTITIES_GATEWAY",
                        "127.0.0.1:" + gateway,
                        "APPLICATION",
                        "127.0.0.1:" + application,
                        "HOME",
                        folder.toString(),
                        "XDG_DATA_HOME",
                        folder.toString(),
                        "XDG_CONFIG_HOME",
                        folder.toString()));
        return new CompanionProxy(folder, start(builder), port);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    private void awaitListening() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The proxy ended: " + Files.readString(folder.resolve("log")));
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        Path folder =
                Path.of(builder.command().get(builder.command().size() - 1)).getParent();
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static String replaced(String recipe, String shipped, String here) {
        if (!recipe.contains(shipped)) {
            throw new IllegalStateException("The recipe has no longer \"" + shipped + "\"");
        }
        return recipe.replace(shipped, here);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
