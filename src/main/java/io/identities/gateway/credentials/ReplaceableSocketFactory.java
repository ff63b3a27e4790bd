package io.identities.gateway.credentials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.springframework.boot.ssl.SslOptions;

/**
 * TLS sockets of a client whose certificates can change while it runs: every new socket uses the current ones. Bounds
 * the wait for a peer that is silent during the handshake, which a caller that asks for the session, as the LDAP
 * library does, could otherwise wait for indefinitely.
 */
final class ReplaceableSocketFactory extends SSLSocketFactory {

    private final int patienceMillis;
    private volatile Tls present;

    /** @param patience how long the peer may be silent, until the socket's user sets a time-out of its own */
    ReplaceableSocketFactory(SSLContext first, Duration patience) {
        this(new Tls(first.getSocketFactory(), SslOptions.NONE), Math.toIntExact(patience.toMillis()));
    }

    private ReplaceableSocketFactory(Tls first, int patienceMillis) {
        this.present = first;
        this.patienceMillis = patienceMillis;
    }

    /** A factory with the current certificates that is not shared. */
    ReplaceableSocketFactory forOne() {
        return new ReplaceableSocketFactory(present, patienceMillis);
    }

    /** @throws IllegalArgumentException when the platform has no such protocol or cipher */
    void replace(SSLContext next, SslOptions options) {
        Tls tls = new Tls(next.getSocketFactory(), options);
        try (Socket trial = tls.factory().createSocket()) {
            tls.configured(trial);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        present = tls;
    }

    /** Sockets, and what they may speak. */
    private record Tls(SSLSocketFactory factory, SslOptions options) {

        Socket configured(Socket socket) {
            if (socket instanceof SSLSocket secure) {
                if (options.getCiphers() != null) {
                    secure.setEnabledCipherSuites(options.getCiphers());
                }
                if (options.getEnabledProtocols() != null) {
                    secure.setEnabledProtocols(options.getEnabledProtocols());
                }
            }
            return socket;
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return present.factory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return present.factory().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
        Tls tls = present;
        Socket socket = tls.configured(tls.factory().createSocket());
        socket.setSoTimeout(patienceMillis);
        return socket;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        Tls tls = present;
        return tls.configured(tls.factory().createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        Tls tls = present;
        return tls.configured(tls.factory().createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        Tls tls = present;
        return tls.configured(tls.factory().createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        Tls tls = present;
        return tls.configured(tls.factory().createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        Tls tls = present;
        return tls.configured(tls.factory().createSocket(host, port, localAddress, localPort));
    }
}
