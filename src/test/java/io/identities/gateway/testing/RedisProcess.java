package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis server of its own on a free loopback port, in memory only. It can be stopped, started empty and paused. */
public final class RedisProcess implements AutoCloseable {

    private final int port;
    private Process process;

    private RedisProcess(int port) {
        this.port = port;
        this.process = launch();
    }

    public static RedisProcess start() {
        return new RedisProcess(freePort());
    }

    public int port() {
        return port;
    }

    public void stop() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again on the same port, empty. */
    public void startAgain() {
        process = launch();
    }

    /** How many keys it holds. */
    public int keys() {
        return Integer.parseInt(ask("DBSIZE").substring(1));
    }

    /** From now on nobody is served without it. */
    public void requirePassword(String password) {
        if (!ask("CONFIG SET requirepass " + password).startsWith("+")) {
            throw new IllegalStateException("redis-server takes no password");
        }
    }

    /** From now on nobody may do more than the README asks for, but for what a connection and {@link #ask} need. */
    public void allowWhatTheReadmeAsksFor() {
        try {
            Matcher rights = Pattern.compile("(?m)^ *ACL SETUSER gateway on >\\S+ (.+)$")
                    .matcher(Files.readString(Path.of("README.md")));
            if (!rights.find()
                    || !ask("ACL SETUSER default resetkeys -@all +hello +acl " + rights.group(1))
                            .equals("+OK")) {
                throw new IllegalStateException("redis-server takes no rights");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void allowEverything() {
        ask("ACL SETUSER default allkeys +@all");
    }

    /** The first line of the answer to a command, on a connection of its own. */
    public String ask(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGSTOP: connections stay open and nothing answers. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    @Override
    public void close() {
        resume();
        stop();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        try {
            // The shell's own: a small machine has no program of that name.
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process launch() {
        try {
            Process started = new ProcessBuilder(
                            RequiredServers.redisServer().toString(),
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--appendonly",
                            "no",
                            "--repl-diskless-load",
                            "swapdb")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            await().until(this::answers);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
            return socket.getInputStream().read() == '+';
        } catch (IOException e) {
            return false;
        }
    }
}
