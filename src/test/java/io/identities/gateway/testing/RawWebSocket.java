package io.identities.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.identities.gateway.testing.RawConnection.Answer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Either end of a WebSocket, frame by frame, with no rule of RFC 6455 enforced. */
public final class RawWebSocket implements AutoCloseable {

    public static final int TEXT = 0x81;
    public static final int BINARY = 0x82;
    public static final int CLOSE = 0x88;
    public static final int PING = 0x89;
    public static final int PONG = 0x8a;

    /** What a browser adds to a request for a WebSocket. */
    public static final String HANDSHAKE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final byte[] KEY = {0x11, 0x22, 0x33, 0x44};

    private final Socket socket;
    private final DataInputStream in;
    private final boolean client;

    private RawWebSocket(Socket socket, InputStream in, boolean client) {
        this.socket = socket;
        this.in = new DataInputStream(in);
        this.client = client;
    }

    /**
     * One frame as it was on the wire.
     *
     * @param first FIN, the extension bits and the opcode
     * @param payload unmasked
     */
    public record Frame(int first, boolean masked, byte[] payload) {

        public String text() {
            return new String(payload, UTF_8);
        }

        /** The code of a close frame; 1005 (RFC 6455 section 7.1.5) where it has none. */
        public int code() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }

        public String reason() {
            return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, UTF_8);
        }
    }

    /** The client's end of {@code connection}, whose handshake has been answered with 101. */
    public static RawWebSocket clientOn(RawConnection connection) throws IOException {
        return new RawWebSocket(connection.socket(), connection.socket().getInputStream(), true);
    }

    /** The server's end of a connection whose request {@code head} has been read; nothing is answered yet. */
    public static RawWebSocket serverOn(Socket socket) throws IOException {
        return new RawWebSocket(socket, socket.getInputStream(), false);
    }

    /** The answer that agrees to the handshake in {@code head}. */
    public static String agreement(String head, String... moreHeaders) {
        String key = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                .map(line -> line.substring(18).trim())
                .findFirst()
                .orElseThrow();
        StringBuilder answer = new StringBuilder(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + accept(key) + "\r\n");
        for (String header : moreHeaders) {
            answer.append(header).append("\r\n");
        }
        return answer.append("\r\n").toString();
    }

    /** A frame with the mask that its sender owes. */
    public RawWebSocket send(int first, byte[] payload) throws IOException {
        return sendRaw(frame(first, payload, client));
    }

    public RawWebSocket sendText(String text) throws IOException {
        return send(TEXT, text.getBytes(UTF_8));
    }

    /** @param code 1005 for a close frame without a code */
    public RawWebSocket sendClose(int code, String reason) throws IOException {
        byte[] text = reason.getBytes(UTF_8);
        byte[] payload = new byte[code == 1005 ? 0 : 2 + text.length];
        if (payload.length > 0) {
            payload[0] = (byte) (code >> 8);
            payload[1] = (byte) code;
            System.arraycopy(text, 0, payload, 2, text.length);
        }
        return send(CLOSE, payload);
    }

    public RawWebSocket sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** @return null at the end of the stream; a reset is an exception */
    public @Nullable Frame read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int second = in.readUnsignedByte();
        int length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] key = new byte[(second & 0x80) == 0 ? 0 : 4];
        in.readFully(key);
        byte[] payload = new byte[length];
        in.readFully(payload);
        mask(payload, key);
        return new Frame(first, key.length > 0, payload);
    }

    /** The next frame, which has to come. */
    public Frame readFrame() throws IOException {
        Frame frame = read();
        if (frame == null) {
            throw new EOFException("The connection has ended");
        }
        return frame;
    }

    /** Reads up to the close frame, which has to come. */
    public Frame readClose() throws IOException {
        Frame frame = readFrame();
        while ((frame.first() & 0x0f) != 8) {
            frame = readFrame();
        }
        return frame;
    }

    /** Whether the connection ends, one way or the other and whatever comes before; false when nothing comes in time. */
    public boolean isEnded() {
        try {
            while (read() != null) {
                // What was said before does not matter.
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Ends the connection with a TCP reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    public static byte[] frame(int first, byte[] payload, boolean masked) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 14);
        out.write(first);
        int mask = masked ? 0x80 : 0;
        if (payload.length < 126) {
            out.write(mask | payload.length);
        } else if (payload.length <= 0xffff) {
            out.write(mask | 126);
            write(out, payload.length, 2);
        } else {
            out.write(mask | 127);
            write(out, payload.length, 8);
        }
        byte[] content = payload.clone();
        if (masked) {
            out.writeBytes(KEY);
            mask(content, KEY);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** Whether {@code answer} agrees to {@link #HANDSHAKE}. */
    public static boolean agreesTo(Answer answer) {
        return answer.status() == 101
                && accept("dGhlIHNhbXBsZSBub25jZQ==").equals(answer.header("sec-websocket-accept"));
    }

    private static void write(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (value >> 8 * i));
        }
    }

    private static void mask(byte[] payload, byte[] key) {
        for (int i = 0; key.length > 0 && i < payload.length; i++) {
            payload[i] ^= key[i & 3];
        }
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1);
            return Base64.getEncoder().encodeToString(sha1.digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
