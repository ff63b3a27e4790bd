package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The headers that a message names in {@code Connection}, which are not forwarded (RFC 9110 section 7.6.1). */
final class ConnectionOptions {

    private static final ConnectionOptions NONE = new ConnectionOptions(Set.of());

    /** A set, because a head may name thousands of headers and hold as many more. */
    private final Set<String> folded;

    private ConnectionOptions(Set<String> folded) {
        this.folded = folded;
    }

    static ConnectionOptions of(HttpHeaders headers) {
        String first = headers.get(HttpHeaderNames.CONNECTION);
        if (first == null
                || isUsual(first) && headers.getAll(HttpHeaderNames.CONNECTION).size() == 1) {
            return NONE;
        }
        Set<String> folded = new HashSet<>();
        for (String name : HttpGrammar.elements(headers.getAll(HttpHeaderNames.CONNECTION))) {
            folded.add(HeaderName.folded(name));
        }
        return new ConnectionOptions(folded);
    }

    boolean name(CharSequence header) {
        return !folded.isEmpty() && folded.contains(HeaderName.folded(header));
    }

    private static boolean isUsual(@Nullable String value) {
        return "keep-alive".equalsIgnoreCase(value)
                || "close".equalsIgnoreCase(value)
                || "upgrade".equalsIgnoreCase(value);
    }
}
