package io.identities.gateway.proxy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/** TLS of a client whose certificates can change while it runs: every new connection uses the current ones. */
final class ReplaceableTls extends SslContext {

    private volatile SslContext present;

    ReplaceableTls(SslContext first) {
        this.present = first;
    }

    void replace(SslContext next) {
        present = next;
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return present.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // Required by SslContext.
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return present.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers) {
        return present.newEngine(buffers);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator buffers, String host, int port) {
        return present.newEngine(buffers, host, port);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return present.sessionContext();
    }
}
