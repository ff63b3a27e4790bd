import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the gateway of the working directory once while the image is built, so that Java can record which classes it
 * loads: start, log in, renew, proxy, ask forward-auth, stop. Writes {@code identities-gateway.aot} beside it.
 *
 * <p>Argument: the {@code java} program of the image.
 */
public final class TrainingRun {

    private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private final String gateway;
    private final String management;

    private TrainingRun(int port, int managementPort) {
        this.gateway = "http://127.0.0.1:" + port;
        this.management = "http://127.0.0.1:" + managementPort;
    }

    public static void main(String[] arguments) throws Exception {
        HttpServer backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] answer = "{}".getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        backend.start();
        String backendUri = "http://127.0.0.1:" + backend.getAddress().getPort();
        int port = freePort();
        int managementPort = freePort();
        Process process = start(arguments[0], backendUri, port, managementPort);
        try {
            new TrainingRun(port, managementPort).exercise(process);
        } finally {
            process.destroy();
            backend.stop(0);
        }
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("The gateway did not stop");
        }
        if (!Files.exists(Path.of("identities-gateway.aot"))) {
            throw new IllegalStateException("The run wrote no cache");
        }
    }

    private static Process start(String java, String backend, int port, int managementPort) throws IOException {
        List<String> command = new ArrayList<>(List.of(java));
        // The options of the image, but for the cache that this run makes and the limits that it is not under.
        Files.readAllLines(Path.of("jvm.options")).stream()
                .filter(option -> option.startsWith("-") && !option.matches("-XX:(AOTCache|Max[A-Za-z]+)=.*"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-XX:AOTCacheOutput=identities-gateway.aot",
                "-jar",
                // As the image names it: the cache holds for this very path.
                Path.of("identities-gateway.jar").toAbsolutePath().toString(),
                "--server.address=127.0.0.1",
                "--server.port=" + port,
                "--management.server.address=127.0.0.1",
                "--management.server.port=" + managementPort,
                "--identities.backend.uri=" + backend,
                "--identities.keys.secret=only-for-the-training-run-" + UUID.randomUUID(),
                "--identities.credentials.check=http",
                "--identities.credentials.http.uri=" + backend,
                "--identities.forward-auth.trusted-proxies=127.0.0.1/32",
                "--identities.shutdown.pre-stop-delay=0s"));
        return new ProcessBuilder(command).inheritIO().start();
    }

    private void exercise(Process process) throws Exception {
        awaitReadiness(process);
        String token = token(send(HttpRequest.newBuilder(URI.create(gateway + "/api/v1/authenticate"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"training\",\"password\":\"run\"}"))));
        for (int i = 0; i < 200; i++) {
            send(get("/identities/" + i, token));
            send(get("/forward-auth", token));
            send(get("/identities/" + i, "not.a.token"));
        }
        send(HttpRequest.newBuilder(URI.create(gateway + "/identities"))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1 << 20])));
        send(get("/api/v1/renewToken", token));
        send(HttpRequest.newBuilder(URI.create(management + "/actuator/prometheus")).GET());
    }

    private void awaitReadiness(Process process) throws Exception {
        for (int attempt = 0; attempt < 600; attempt++) {
            if (!process.isAlive()) {
                throw new IllegalStateException("The gateway did not start: exit code " + process.exitValue());
            }
            try {
                if (send(HttpRequest.newBuilder(URI.create(management + "/actuator/health/readiness")).GET())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException("The gateway did not become ready");
    }

    private HttpRequest.Builder get(String path, String token) {
        return HttpRequest.newBuilder(URI.create(gateway + path))
                .header("Authorization", "Bearer " + token)
                .GET();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String token(HttpResponse<String> answer) {
        Matcher matcher = TOKEN.matcher(answer.body());
        if (answer.statusCode() != 200 || !matcher.find()) {
            throw new IllegalStateException("Login answered " + answer.statusCode());
        }
        return matcher.group(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
