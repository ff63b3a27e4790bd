package io.identities.gateway.http;

import io.identities.gateway.access.AccessRequest;
import io.identities.gateway.access.RequestTarget;
import io.identities.gateway.audit.SecurityEvent.Origin;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is known of a request before any decision; put on the exchange by the first web filter.
 *
 * @param id the request id, {@code [A-Za-z0-9._-]{1,64}}
 * @param client the socket's peer, or the address that a trusted proxy reported
 * @param peerTrusted whether the peer is in {@code identities.proxy.trusted-proxies}
 * @param target the judged target, base path removed
 * @param notes for the access log
 */
public record RequestContext(
        String id, InetAddress client, boolean peerTrusted, RequestTarget target, AccessNotes notes) {

    private static final String ATTRIBUTE = RequestContext.class.getName();

    /** Without notes. */
    public RequestContext(String id, InetAddress client, boolean peerTrusted, RequestTarget target) {
        this(id, client, peerTrusted, target, AccessNotes.NONE);
    }

    /** @throws IllegalStateException when the first web filter has not run */
    public static RequestContext of(ServerWebExchange exchange) {
        RequestContext context = find(exchange);
        if (context == null) {
            throw new IllegalStateException("No request context on this exchange");
        }
        return context;
    }

    /** Null on the management port, which has no such context. */
    public static @Nullable RequestContext find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    /** The access request for the gatekeeper. */
    public AccessRequest accessRequest(ServerWebExchange exchange, @Nullable String subprotocolToken) {
        return new AccessRequest(
                exchange.getRequest().getMethod().name(),
                target,
                exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION),
                subprotocolToken,
                id);
    }

    /** The client's address for logs and headers: without a zone, IPv6 in the canonical form of RFC 5952. */
    public String clientAddress() {
        return addressOf(client);
    }

    static String addressOf(InetAddress address) {
        return NetUtil.toAddressString(address);
    }

    /** Where the request came from, for security events. */
    public Origin origin() {
        return new Origin(clientAddress(), id);
    }

    public void attachTo(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
