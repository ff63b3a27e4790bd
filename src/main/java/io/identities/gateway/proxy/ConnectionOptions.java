package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers that a message names in {@code Connection}, and which therefore end here (RFC 9110 section 7.6.1). */
final class ConnectionOptions {

    private static final ConnectionOptions NONE = new ConnectionOptions(List.of());

    private final List<String> names;

    private ConnectionOptions(List<String> names) {
        this.names = names;
    }

    static ConnectionOptions of(HttpHeaders headers) {
        String first = headers.get(HttpHeaderNames.CONNECTION);
        if (first == null
                || isUsual(first) && headers.getAll(HttpHeaderNames.CONNECTION).size() == 1) {
            return NONE;
        }
        return new ConnectionOptions(HttpGrammar.elements(headers.getAll(HttpHeaderNames.CONNECTION)));
    }

    boolean name(CharSequence header) {
        for (int i = 0; i < names.size(); i++) {
            if (HeaderName.same(names.get(i), header)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUsual(@Nullable String value) {
        return "keep-alive".equalsIgnoreCase(value)
                || "close".equalsIgnoreCase(value)
                || "upgrade".equalsIgnoreCase(value);
    }
}
