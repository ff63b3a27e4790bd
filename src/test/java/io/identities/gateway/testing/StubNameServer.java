package io.identities.gateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that says the same addresses (IPv4) for every name. */
public final class StubNameServer implements AutoCloseable {

    private static final int ADDRESS = 1;
    private static final int INTERNET = 1;
    private static final int HEADER = 12;

    private final DatagramSocket socket;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile List<String> addresses = List.of();
    private volatile int secondsToLive;

    public StubNameServer() {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "name-server");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** From now on; none at all means that the name exists no more. */
    public void answer(int secondsToLive, String... addresses) {
        this.secondsToLive = secondsToLive;
        this.addresses = List.of(addresses);
    }

    /** How often an IPv4 address was asked for. */
    public int questions() {
        return questions.get();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        byte[] buffer = new byte[1_024];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer query) throws IOException {
        int end = HEADER;
        while (query.get(end) != 0) {
            end += query.get(end) + 1;
        }
        int type = query.getShort(end + 1);
        byte[] question = new byte[end + 5 - HEADER];
        query.get(HEADER, question);
        List<String> found = type == ADDRESS ? addresses : List.of();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(query.getShort(0));
        out.writeShort(addresses.isEmpty() ? 0x8583 : 0x8580);
        out.writeShort(1);
        out.writeShort(found.size());
        out.writeInt(0);
        out.write(question);
        for (String address : found) {
            record(out, address);
        }
        if (type == ADDRESS) {
            questions.incrementAndGet();
        }
        return bytes.toByteArray();
    }

    private void record(DataOutputStream out, String address) throws IOException {
        out.writeShort(0xC000 | HEADER);
        out.writeShort(ADDRESS);
        out.writeShort(INTERNET);
        out.writeInt(secondsToLive);
        out.writeShort(4);
        out.write(InetAddress.getByName(address).getAddress());
    }
}
