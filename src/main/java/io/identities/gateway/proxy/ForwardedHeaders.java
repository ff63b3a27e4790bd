package io.identities.gateway.proxy;

import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * Sets {@code X-Forwarded-*}, {@code Forwarded} (RFC 7239) and {@code X-Real-IP}: replaced for an untrusted peer,
 * appended to for a trusted proxy; never empty. They never contradict each other, whichever of them the backend reads:
 * most proxies send only two or three.
 */
final class ForwardedHeaders {

    private static final AsciiString FOR = AsciiString.cached("X-Forwarded-For");
    private static final AsciiString PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString HOST = AsciiString.cached("X-Forwarded-Host");
    private static final AsciiString PORT = AsciiString.cached("X-Forwarded-Port");
    private static final AsciiString PREFIX = AsciiString.cached("X-Forwarded-Prefix");
    private static final AsciiString REAL_IP = AsciiString.cached("X-Real-IP");
    private static final AsciiString FORWARDED = AsciiString.cached("Forwarded");

    private final String basePath;

    /** @param basePath the path prefix that is removed before forwarding, may be empty */
    ForwardedHeaders(String basePath) {
        this.basePath = basePath;
    }

    void set(BackendCall call, HttpHeaders in, HttpHeaders out) {
        boolean trusted = call.context().peerTrusted();
        String peer = text(call.peer());
        String client = trusted ? text(call.context().client()) : peer;
        String proto = kept(trusted, in, PROTO, call.scheme());
        String host = kept(trusted, in, HOST, host(in, out));
        out.set(FOR, trusted ? appended(in, FOR, peer) : peer);
        out.set(REAL_IP, client);
        out.set(PROTO, proto);
        out.set(HOST, host);
        String clientsHost = trusted ? firstOf(host) : host;
        String clientsProto = trusted ? firstOf(proto) : proto;
        out.set(PORT, kept(trusted, in, PORT, port(clientsHost, clientsProto)));
        if (trusted && isForwardedBelieved(in, clientsHost)) {
            out.set(FORWARDED, appended(in, FORWARDED, element(peer, host(in, out), call.scheme())));
        } else {
            String element = element(client, clientsHost, clientsProto);
            out.set(FORWARDED, client.equals(peer) ? element : element + ", for=" + node(peer));
        }
        prefix(trusted, in, out);
    }

    /**
     * Most proxies set {@code X-Forwarded-*} only and pass on any {@code Forwarded} that a client has forged. So if a
     * proxy sends both, {@code Forwarded} is used only if the others confirm it.
     */
    private static boolean isForwardedBelieved(HttpHeaders in, String clientsHost) {
        String given = joined(in, FORWARDED);
        if (given.isBlank()) {
            return false;
        }
        String proto = RequestHeaderPass.first(in, PROTO);
        String forwardedFor = joined(in, FOR);
        return forwardedFor.isBlank()
                || new ForwardedClaims(given)
                        .agreeWith(forwardedFor, clientsHost, proto == null ? null : firstOf(proto));
    }

    private void prefix(boolean trusted, HttpHeaders in, HttpHeaders out) {
        String given = trusted ? RequestHeaderPass.first(in, PREFIX) : null;
        String prefix = given == null ? basePath : joined(given);
        if (!prefix.isEmpty()) {
            out.set(PREFIX, prefix);
        }
    }

    private String joined(String given) {
        boolean doubled = !basePath.isEmpty() && given.endsWith("/");
        return (doubled ? given.substring(0, given.length() - 1) : given) + basePath;
    }

    private static String kept(boolean trusted, HttpHeaders in, AsciiString name, String ours) {
        String given = trusted ? RequestHeaderPass.first(in, name) : null;
        return given == null ? ours : given;
    }

    private static String appended(HttpHeaders in, AsciiString name, String ours) {
        String given = joined(in, name);
        return given.isBlank() ? ours : given + ", " + ours;
    }

    private static String joined(HttpHeaders in, AsciiString name) {
        return in.contains(name) ? String.join(", ", in.getAll(name)) : "";
    }

    /** The host that the client requested; {@code out} already holds the backend's own if the client sent none. */
    private static String host(HttpHeaders in, HttpHeaders out) {
        String host = RequestHeaderPass.first(in, HttpHeaderNames.HOST);
        return host == null ? out.get(HttpHeaderNames.HOST) : host;
    }

    /** The client's own value, if every proxy on the way has appended one. */
    private static String firstOf(String list) {
        int comma = list.indexOf(',');
        return (comma < 0 ? list : list.substring(0, comma)).strip();
    }

    private static String port(String host, String proto) {
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']') && colon + 1 < host.length()) {
            return host.substring(colon + 1);
        }
        return proto.equalsIgnoreCase("https") || proto.equalsIgnoreCase("wss") ? "443" : "80";
    }

    private static String element(String address, String host, String proto) {
        return "for=" + node(address) + parameter("host", host) + parameter("proto", proto);
    }

    private static String node(String address) {
        return address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
    }

    /**
     * A host may contain {@code ; =}, which would begin a parameter, so it is quoted; a value that cannot be quoted is
     * left out.
     */
    private static String parameter(String name, String value) {
        boolean token = !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') {
                return "";
            }
            token &= HttpGrammar.isTokenCharacter(c);
        }
        return ";" + name + "=" + (token ? value : '"' + value + '"');
    }

    /** Without a zone, in the canonical form of RFC 5952. */
    private static String text(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
