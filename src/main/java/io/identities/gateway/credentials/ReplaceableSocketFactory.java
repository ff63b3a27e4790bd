package io.identities.gateway.credentials;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** TLS sockets of a client whose certificates change while it runs: every new one takes the present ones. */
final class ReplaceableSocketFactory extends SSLSocketFactory {

    private volatile SSLSocketFactory present;

    ReplaceableSocketFactory(SSLContext first) {
        this.present = first.getSocketFactory();
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
        return present.createSocket();
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
