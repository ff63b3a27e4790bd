package io.identities.gateway.http;

import io.identities.gateway.access.BasePath;
import io.identities.gateway.access.RequestTarget;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Creates the {@link RequestContext} of every request on the public port and puts the request id on the response. The
 * management port inherits this bean from the parent context, but its requests get no context.
 */
final class RequestContextWebFilter implements WebFilter, Ordered {

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private final ApplicationContext publicSide;
    private final BasePath basePath;
    private final TrustedProxies trustedProxies;
    private final RequestIds requestIds;
    private final AccessLog accessLog;

    RequestContextWebFilter(
            ApplicationContext publicSide,
            BasePath basePath,
            TrustedProxies trustedProxies,
            RequestIds requestIds,
            AccessLog accessLog) {
        this.publicSide = publicSide;
        this.basePath = basePath;
        this.trustedProxies = trustedProxies;
        this.requestIds = requestIds;
        this.accessLog = accessLog;
    }

    @Override
    public int getOrder() {
        return WebFilterOrder.CONTEXT;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getApplicationContext() != publicSide) {
            return chain.filter(exchange);
        }
        HttpServerRequest request = nativeRequest(exchange.getRequest());
        HttpHeaders headers = request.requestHeaders();
        InetAddress peer = peer(request);
        boolean trusted = trustedProxies.contains(peer);
        String id = id(headers, trusted);
        InetAddress client = trusted ? trustedProxies.clientBehind(peer, headers.getAll(FORWARDED_FOR)) : peer;
        String target = request.uri();
        RequestContext context =
                new RequestContext(id, client, trusted, RequestTarget.of(target, basePath), accessLog.begin(target));
        context.attachTo(exchange);
        exchange.getResponse().getHeaders().set(requestIds.header(), id);
        return accessLog.watch(exchange, context, chain.filter(exchange));
    }

    private String id(HttpHeaders headers, boolean trusted) {
        String given = trusted ? headers.get(requestIds.header()) : null;
        return given != null && RequestIds.isUsable(given) ? given : requestIds.next();
    }

    private static InetAddress peer(HttpServerRequest request) {
        InetSocketAddress remote = request.remoteAddress();
        InetAddress address = remote == null ? null : remote.getAddress();
        return address == null ? InetAddress.getLoopbackAddress() : address;
    }

    private static HttpServerRequest nativeRequest(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.getNativeRequest(request);
    }
}
