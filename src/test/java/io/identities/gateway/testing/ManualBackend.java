package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A backend that answers nothing by itself: the test takes one request after the other and speaks on its connection. */
public final class ManualBackend implements AutoCloseable {

    private final RecordingBackend backend = new RecordingBackend();
    private final BlockingQueue<Asked> asked = new ArrayBlockingQueue<>(2000);

    public ManualBackend() {
        backend.handleConnections(this::take);
    }

    /**
     * The first request of a connection, which is the test's from now on.
     *
     * @param head without the empty line
     */
    public record Asked(String head, Socket socket, CountDownLatch done) implements AutoCloseable {

        public List<String> headers(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .toList();
        }

        /** Agrees to a WebSocket. */
        public RawWebSocket agree(String... headers) throws IOException {
            return send(RawWebSocket.agreement(head, headers)).webSocket();
        }

        public RawWebSocket webSocket() throws IOException {
            return RawWebSocket.serverOn(socket);
        }

        /** Each character is one byte (ISO-8859-1). */
        public Asked send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        }

        /** Whether the connection ends, whatever comes before. */
        public boolean isEnded() throws IOException {
            socket.setSoTimeout(10_000);
            return webSocket().isEnded();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            done.countDown();
        }
    }

    public URI uri() {
        return backend.uri();
    }

    public int openConnections() {
        return backend.openConnections();
    }

    /** How many requests have come and have not been taken. */
    public int waiting() {
        return asked.size();
    }

    /** The next request, which has to come within ten seconds. */
    public Asked next() throws InterruptedException {
        Asked next = asked.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("No request has reached the backend");
        }
        return next;
    }

    @Override
    public void close() {
        backend.close();
    }

    private void take(Socket socket) throws IOException {
        Asked request = new Asked(readHead(socket.getInputStream()), socket, new CountDownLatch(1));
        asked.add(request);
        try {
            request.done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("Connection closed after: " + head);
            }
            head.append((char) b);
        }
        return head.substring(0, head.length() - 4);
    }
}
