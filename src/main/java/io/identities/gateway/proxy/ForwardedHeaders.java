package io.identities.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * {@code X-Forwarded-*}, {@code Forwarded} (RFC 7239) and {@code X-Real-IP}: made anew for a peer that nobody vouches
 * for, appended to for a trusted proxy; never empty.
 */
final class ForwardedHeaders {

    private static final AsciiString FOR = AsciiString.cached("X-Forwarded-For");
    private static final AsciiString PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString HOST = AsciiString.cached("X-Forwarded-Host");
    private static final AsciiString PORT = AsciiString.cached("X-Forwarded-Port");
    private static final AsciiString PREFIX = AsciiString.cached("X-Forwarded-Prefix");
    private static final AsciiString REAL_IP = AsciiString.cached("X-Real-IP");
    private static final AsciiString FORWARDED = AsciiString.cached("Forwarded");

    /** Of those that a host may hold (RFC 9110 section 5.6.2). */
    private static final String DELIMITERS = "()[],:;=";

    private final String basePath;

    /** @param basePath the path prefix that is taken off before the backend, may be empty */
    ForwardedHeaders(String basePath) {
        this.basePath = basePath;
    }

    void set(Inbound call, HttpHeaders in, HttpHeaders out) {
        boolean trusted = call.context().peerTrusted();
        String peer = text(call.peer());
        String host = host(in, out);
        String proto = call.scheme();
        out.set(FOR, trusted ? appended(in, FOR, peer) : peer);
        out.set(FORWARDED, trusted ? appended(in, FORWARDED, element(peer, host, proto)) : element(peer, host, proto));
        out.set(REAL_IP, trusted ? text(call.context().client()) : peer);
        out.set(PROTO, kept(trusted, in, PROTO, proto));
        out.set(HOST, kept(trusted, in, HOST, host));
        out.set(PORT, kept(trusted, in, PORT, port(host, proto)));
        prefix(trusted, in, out);
    }

    private void prefix(boolean trusted, HttpHeaders in, HttpHeaders out) {
        String given = trusted ? RequestHeaderPass.first(in, PREFIX) : null;
        String prefix = given == null ? basePath : given + basePath;
        if (!prefix.isEmpty()) {
            out.set(PREFIX, prefix);
        }
    }

    private static String kept(boolean trusted, HttpHeaders in, AsciiString name, String ours) {
        String given = trusted ? RequestHeaderPass.first(in, name) : null;
        return given == null ? ours : given;
    }

    private static String appended(HttpHeaders in, AsciiString name, String ours) {
        if (!in.contains(name)) {
            return ours;
        }
        String given = String.join(", ", in.getAll(name));
        return given.isBlank() ? ours : given + ", " + ours;
    }

    /** What the client asked for; {@code out} already holds the backend's own name where the client gave none. */
    private static String host(HttpHeaders in, HttpHeaders out) {
        String host = RequestHeaderPass.first(in, HttpHeaderNames.HOST);
        return host == null ? out.get(HttpHeaderNames.HOST) : host;
    }

    private static String port(String host, String proto) {
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']') && colon + 1 < host.length()) {
            return host.substring(colon + 1);
        }
        return proto.equals("https") ? "443" : "80";
    }

    private static String element(String peer, String host, String proto) {
        String node = peer.indexOf(':') < 0 ? peer : "\"[" + peer + "]\"";
        if (host.indexOf('"') >= 0 || host.indexOf('\\') >= 0) {
            return "for=" + node + ";proto=" + proto;
        }
        return "for=" + node + ";host=" + (isToken(host) ? host : "\"" + host + "\"") + ";proto=" + proto;
    }

    /** A host may hold {@code ; =}, which would begin a parameter of the client's own. */
    private static boolean isToken(String host) {
        for (int i = 0; i < host.length(); i++) {
            if (DELIMITERS.indexOf(host.charAt(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Without a zone, in the one spelling of RFC 5952. */
    private static String text(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
