package io.identities.gateway.credentials;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets of a client whose certificates change while it runs: every new one takes the present ones. A peer that
 * says nothing during the handshake is not waited for longer than a given time; whoever waits for the session without
 * that, as the LDAP library does, waits for ever.
 */
final class ReplaceableSocketFactory extends SSLSocketFactory {

    private final int patienceMillis;
    private volatile SSLSocketFactory present;

    /** @param patience how long the peer may be silent, until the user of a socket sets another time */
    ReplaceableSocketFactory(SSLContext first, Duration patience) {
        this(first.getSocketFactory(), Math.toIntExact(patience.toMillis()));
    }

    private ReplaceableSocketFactory(SSLSocketFactory first, int patienceMillis) {
        this.present = first;
        this.patienceMillis = patienceMillis;
    }

    /** A factory of the present certificates that nobody else has. */
    ReplaceableSocketFactory forOne() {
        return new ReplaceableSocketFactory(present, patienceMillis);
    }

    void replace(SSLContext next) {
        present = next.getSocketFactory();
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return present.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return present.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = present.createSocket();
        socket.setSoTimeout(patienceMillis);
        return socket;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return present.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return present.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return present.createSocket(host, port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return present.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        return present.createSocket(host, port, localAddress, localPort);
    }
}
