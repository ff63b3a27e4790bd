package io.identities.gateway.proxy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.Iterator;
import java.util.Map;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;

/** The response header pass on custom routes, where the framework's filters add to the headers that are already set. */
final class CustomRouteResponseHeaders implements HttpHeadersFilter, Ordered {

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.RESPONSE;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        io.netty.handler.codec.http.HttpHeaders in = new DefaultHttpHeaders();
        input.forEach(in::add);
        io.netty.handler.codec.http.HttpHeaders out = new DefaultHttpHeaders();
        exchange.getResponse().getHeaders().forEach(out::add);
        int ours = out.size();
        ResponseHeaderPass.apply(status == null ? 200 : status.value(), in, out);
        return behind(ours, out);
    }

    private static HttpHeaders behind(int first, io.netty.handler.codec.http.HttpHeaders all) {
        HttpHeaders headers = new HttpHeaders();
        Iterator<Map.Entry<String, String>> each = all.iteratorAsString();
        for (int i = 0; each.hasNext(); i++) {
            Map.Entry<String, String> header = each.next();
            if (i >= first) {
                headers.add(header.getKey(), header.getValue());
            }
        }
        return headers;
    }
}
