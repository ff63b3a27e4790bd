package io.identities.gateway.proxy;

import io.identities.gateway.http.RequestContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.Map;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The request header pass on custom routes, which the framework's filters serve. Keeps headers that filters of the
 * route have set.
 */
final class CustomRouteRequestHeaders implements HttpHeadersFilter, Ordered {

    private final RequestHeaderPass pass;

    CustomRouteRequestHeaders(RequestHeaderPass pass) {
        this.pass = pass;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        BackendCall call = BackendCall.of(RequestContext.of(exchange), AccessGrant.of(exchange), request);
        io.netty.handler.codec.http.HttpHeaders in = new DefaultHttpHeaders();
        input.forEach(in::add);
        io.netty.handler.codec.http.HttpHeaders out = new DefaultHttpHeaders();
        pass.apply(call, in, out);
        HttpHeaders headers = new HttpHeaders();
        for (Map.Entry<String, String> header : out) {
            headers.add(header.getKey(), header.getValue());
        }
        return headers;
    }
}
