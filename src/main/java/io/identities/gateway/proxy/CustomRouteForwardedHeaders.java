package io.identities.gateway.proxy;

import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

/** The forwarded headers on custom routes, whose framework filters remove those set earlier. */
final class CustomRouteForwardedHeaders implements HttpHeadersFilter, Ordered {

    private final ForwardedHeaders forwarded;

    CustomRouteForwardedHeaders(ForwardedHeaders forwarded) {
        this.forwarded = forwarded;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        BackendCall call = BackendCall.of(RequestContext.of(exchange), AccessGrant.of(exchange), request);
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(input);
        io.netty.handler.codec.http.HttpHeaders ours =
                new DefaultHttpHeaders().add(HttpHeaders.HOST, request.hostName());
        forwarded.set(call, request.requestHeaders(), ours);
        ours.remove(HttpHeaders.HOST).forEach(header -> headers.set(header.getKey(), header.getValue()));
        return headers;
    }
}
