package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The whole application in a JVM of its own, with the secret of this one. It ends with its standard input, so that none
 * outlives the tests.
 */
public final class GatewayProcess implements AutoCloseable {

    private static final String PORTS = "ports of the gateway: ";
    private static final int KEPT_LINES = 60;

    private final Process process;
    private final ConcurrentLinkedDeque<String> lastLines = new ConcurrentLinkedDeque<>();
    private final CompletableFuture<String[]> ports = new CompletableFuture<>();

    private GatewayProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "gateway-process-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** @param settings each {@code name=value}; does not wait until the gateway is there */
    public static GatewayProcess launch(String... settings) {
        return launch(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"), process -> {}, settings);
    }

    /** @param surroundings may set the working directory and variables */
    public static GatewayProcess launch(
            List<String> javaOptions, Consumer<ProcessBuilder> surroundings, String... settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GatewayProcess.class.getName()));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            surroundings.accept(builder);
            Process process = builder.start();
            Writer in = process.outputWriter(UTF_8);
            in.write("identities.keys.secret=" + RunningGateway.SECRET + "\n");
            for (String setting : settings) {
                in.write(setting + "\n");
            }
            in.write("\n");
            in.flush();
            return new GatewayProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the gateway is there. */
    public int port() {
        return port(0);
    }

    public int managementPort() {
        return port(1);
    }

    /** The last lines of its output so far. */
    public List<String> output() {
        return List.copyOf(lastLines);
    }

    @Override
    public void close() {
        try {
            process.outputWriter().close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The process itself: settings from its input up to an empty line, its ports to its output, then serves. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        List<String> settings = new ArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            settings.add(line);
        }
        try (RunningGateway gateway =
                RunningGateway.with(settings.toArray(String[]::new)).start()) {
            System.out.println(PORTS + gateway.port() + " " + gateway.managementPort());
            while (in.read() >= 0) {
                // Until the tests are done.
            }
        }
        System.exit(0);
    }

    private int port(int index) {
        try {
            return Integer.parseInt(ports.get(60, TimeUnit.SECONDS)[index]);
        } catch (Exception e) {
            throw new IllegalStateException("No gateway came up:\n" + String.join("\n", lastLines), e);
        }
    }

    private void read() {
        try (BufferedReader out = process.inputReader(UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(PORTS)) {
                    ports.complete(line.substring(PORTS.length()).split(" "));
                }
                lastLines.add(line);
                if (lastLines.size() > KEPT_LINES) {
                    lastLines.poll();
                }
            }
        } catch (IOException e) {
            // The process is gone.
        }
        ports.completeExceptionally(new IOException("the process has ended"));
    }
}
