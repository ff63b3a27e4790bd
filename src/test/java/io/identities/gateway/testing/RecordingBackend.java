package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A backend on a real socket that records each request's raw head and hashes its body without keeping it. Answers are
 * raw bytes, so that tests can be as rude as real backends are.
 */
public final class RecordingBackend implements AutoCloseable {

    private final ServerSocket listener;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Responder responder = (request, out) -> out.write(ok("{\"ok\":true}"));
    private volatile @Nullable ConnectionHandler handler;
    private volatile @Nullable HeadHandler headHandler;

    public RecordingBackend() {
        this(InetAddress.getLoopbackAddress(), 0);
    }

    /** @param address of the loopback interface, on which another backend may have the same port */
    public RecordingBackend(InetAddress address, int port) {
        try {
            listener = new ServerSocket(port, 4096, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::acceptAll, "backend-accept");
    }

    /** Writes the answer to a request whose body has been read; closing the connection is allowed. */
    @FunctionalInterface
    public interface Responder {
        void respond(Received request, OutputStream out) throws IOException;
    }

    /** Takes over a whole connection before anything is read. */
    @FunctionalInterface
    public interface ConnectionHandler {
        void handle(Socket socket) throws IOException;
    }

    /** Sees each request before its body is read; ends the connection by throwing. */
    @FunctionalInterface
    public interface HeadHandler {
        void handle(Received head, Socket socket) throws IOException;
    }

    /**
     * One request as it came in.
     *
     * @param head request line and header lines, byte for byte (ISO-8859-1), without the empty line
     */
    public record Received(String head, long bodyLength, String bodySha256, String bodyStart) {

        public String requestLine() {
            return head.lines().findFirst().orElseThrow();
        }

        /** The raw request-target. */
        public String target() {
            String line = requestLine();
            return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
        }

        public List<String> headers(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .toList();
        }

        public @Nullable String header(String name) {
            List<String> values = headers(name);
            return values.isEmpty() ? null : values.get(0);
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    public int port() {
        return listener.getLocalPort();
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    public Received last() {
        return received.get(received.size() - 1);
    }

    public int count() {
        return received.size();
    }

    public int openConnections() {
        return open.size();
    }

    public int acceptedConnections() {
        return connections.get();
    }

    public void reset() {
        received.clear();
        responder = (request, out) -> out.write(ok("{\"ok\":true}"));
        handler = null;
        headHandler = null;
    }

    public void respond(Responder responder) {
        this.responder = responder;
    }

    public void handleConnections(@Nullable ConnectionHandler handler) {
        this.handler = handler;
    }

    public void handleHeads(HeadHandler handler) {
        this.headHandler = handler;
    }

    /** A complete 200 with a JSON body. */
    public static byte[] ok(String json) {
        return answer("200 OK", "Content-Type: application/json", json);
    }

    /** @param headers one or more header lines joined by CR LF */
    public static byte[] answer(String statusLine, String headers, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        return ("HTTP/1.1 " + statusLine + "\r\n" + headers + "\r\nContent-Length: " + bytes.length + "\r\n\r\n" + body)
                .getBytes(UTF_8);
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(RecordingBackend::closeQuietly);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                connections.incrementAndGet();
                daemon(() -> serve(socket), "backend-connection");
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            ConnectionHandler taken = handler;
            if (taken != null) {
                taken.handle(socket);
                return;
            }
            InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
            for (Received request = read(in, socket); request != null; request = read(in, socket)) {
                received.add(request);
                responder.respond(request, socket.getOutputStream());
                socket.getOutputStream().flush();
                if (socket.isClosed() || "close".equalsIgnoreCase(request.header("connection"))) {
                    return;
                }
            }
        } catch (IOException e) {
            // A cut connection is what many tests want.
        } finally {
            open.remove(socket);
        }
    }

    private @Nullable Received read(InputStream in, Socket socket) throws IOException {
        String head = readHead(in);
        if (head == null) {
            return null;
        }
        Received request = new Received(head, 0, "", "");
        HeadHandler first = headHandler;
        if (first != null) {
            first.handle(request, socket);
        }
        if ("100-continue".equalsIgnoreCase(request.header("expect"))) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        Body body = new Body();
        String length = request.header("content-length");
        if (length != null) {
            body.copy(in, Long.parseLong(length));
        } else if ("chunked".equalsIgnoreCase(request.header("transfer-encoding"))) {
            copyChunks(in, body);
        }
        return new Received(head, body.length, body.sha256(), body.start.toString(UTF_8));
    }

    private static void copyChunks(InputStream in, Body body) throws IOException {
        for (long size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.copy(in, size);
            readLine(in);
        }
        while (!readLine(in).isEmpty()) {
            // Trailers are not looked at.
        }
    }

    private static long chunkSize(InputStream in) throws IOException {
        return Long.parseLong(readLine(in).split(";")[0].trim(), 16);
    }

    private static @Nullable String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        String text = head.toString(ISO_8859_1);
        return text.substring(0, text.length() - 4);
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("Connection closed inside a line");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // Nothing left to do.
        }
    }

    private static final class Body {

        private static final int KEPT = 65_536;

        private final MessageDigest digest;
        private final ByteArrayOutputStream start = new ByteArrayOutputStream();
        private long length;

        Body() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        void copy(InputStream in, long bytes) throws IOException {
            byte[] buffer = new byte[65_536];
            for (long left = bytes; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException("Connection closed inside a body, " + left + " bytes missing");
                }
                digest.update(buffer, 0, read);
                start.write(buffer, 0, Math.min(read, Math.max(0, KEPT - start.size())));
                length += read;
                left -= read;
            }
        }

        String sha256() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
