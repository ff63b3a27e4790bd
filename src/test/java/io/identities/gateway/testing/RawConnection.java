package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plain TCP connection that writes what it is told, byte for byte, and reads HTTP/1.1 answers. */
public final class RawConnection implements AutoCloseable {

    private final Socket socket;

    public RawConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        timeout(Duration.ofSeconds(10));
    }

    /** One request on a connection of its own. Line ends are written as they stand in {@code request}. */
    public static Answer exchange(int port, String request) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            return connection.send(request).readAnswer();
        }
    }

    public RawConnection timeout(Duration timeout) throws IOException {
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        return this;
    }

    /** Each character is one byte (ISO-8859-1). */
    public RawConnection send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    public Socket socket() {
        return socket;
    }

    /** Reads one final answer; interim (1xx) answers but 101 are skipped. */
    public Answer readAnswer() throws IOException {
        Answer answer = readAnyAnswer();
        while (answer.status() >= 100 && answer.status() < 200 && answer.status() != 101) {
            answer = readAnyAnswer();
        }
        return answer;
    }

    /** Reads one answer, interim ones included; the body by Content-Length, chunks, or up to the end of the stream. */
    public Answer readAnyAnswer() throws IOException {
        InputStream in = socket.getInputStream();
        String statusLine = readLine(in);
        List<String> headers = new ArrayList<>();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            headers.add(line);
        }
        int status = Integer.parseInt(statusLine.split(" ")[1]);
        List<String> trailers = new ArrayList<>();
        Answer head = new Answer(status, headers, new byte[0], trailers);
        return new Answer(status, headers, readBody(in, head), trailers);
    }

    /** Whether the peer has closed: waits up to the time-out for the end of the stream; stray bytes make it false. */
    public boolean isClosedByPeer() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static byte[] readBody(InputStream in, Answer head) throws IOException {
        if (head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return new byte[0];
        }
        String length = head.header("content-length");
        if (length != null) {
            return in.readNBytes(Integer.parseInt(length));
        }
        return "chunked".equals(head.header("transfer-encoding")) ? readChunks(in, head.trailers()) : in.readAllBytes();
    }

    private static byte[] readChunks(InputStream in, List<String> trailers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(in.readNBytes(size));
            readLine(in);
        }
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            trailers.add(line);
        }
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(readLine(in).split(";")[0].trim(), 16);
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("Connection closed after: " + line.toString(ISO_8859_1));
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    /**
     * @param headers the raw lines, in order
     * @param trailers the raw lines behind a chunked body, in order
     */
    public record Answer(int status, List<String> headers, byte[] body, List<String> trailers) {

        public Answer(int status, List<String> headers, byte[] body) {
            this(status, headers, body, List.of());
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The first value of a header, any case; null without it. */
        public @Nullable String header(String name) {
            List<String> values = headers(name);
            return values.isEmpty() ? null : values.get(0);
        }

        public List<String> headers(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).trim())
                    .toList();
        }
    }
}
