package io.identities.gateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A line between a client and a loopback port that can be cut and mended: a network that comes apart. */
public final class TcpRelay implements AutoCloseable {

    private final ServerSocket listener;
    private volatile int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile boolean held;

    public TcpRelay(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::acceptAll);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Leads new connections to another port; those that are open stay where they are, as when a name moves. */
    public void redirect(int target) {
        this.target = target;
    }

    /** Resets what is connected, and every new connection, until {@link #mend}. */
    public void cut() {
        cut = true;
        open.forEach(TcpRelay::reset);
    }

    public void mend() {
        cut = false;
    }

    /** From now on everything is taken in and nothing passed on, as by a server that hangs. */
    public void hold() {
        held = true;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(TcpRelay::reset);
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException e) {
                // The listener is closed, or nobody listens at the other end.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        open.add(client);
        if (cut) {
            reset(client);
            return;
        }
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            daemon(() -> pump(client, server));
            daemon(() -> pump(server, client));
        } catch (IOException e) {
            reset(client);
            throw e;
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!held) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // Cut, or gone by itself: the other side is to notice as well.
        } finally {
            reset(from);
            reset(to);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // Closed already.
        }
    }
}
