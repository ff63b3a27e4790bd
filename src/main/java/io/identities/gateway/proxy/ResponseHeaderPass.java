package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.HopByHop;
import io.identities.gateway.http.HttpGrammar;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The one pass over the headers of a response to the client: drops hop-by-hop headers, replaces framing by the
 * gateway's own, and does not duplicate headers that the gateway has already set (the request id, CORS).
 */
final class ResponseHeaderPass {

    private static final HeaderNameTable<Boolean> ENDING = HeaderNameTable.ofNames(HopByHop.NAMES, "alt-svc");

    private static final int NO_CONTENT = 204;
    private static final int RESET_CONTENT = 205;

    private ResponseHeaderPass() {}

    /** Copies {@code in} to {@code out}, which may already hold headers of the gateway. */
    static void apply(int status, HttpHeaders in, HttpHeaders out) {
        List<String> ours = namesOf(out);
        boolean cors = out.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN, true);
        ConnectionOptions options = ConnectionOptions.of(in);
        Iterator<Map.Entry<CharSequence, CharSequence>> headers = in.iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            CharSequence name = header.getKey();
            if (!ENDING.contains(name) && !options.name(name) && !isOurs(ours, cors, name)) {
                out.add(name, header.getValue());
            } else if (HttpHeaderNames.VARY.contentEqualsIgnoreCase(name)) {
                vary(out, header.getValue().toString());
            }
        }
        if (status == NO_CONTENT) {
            // RFC 9110 section 8.6. No later handler removes it in HTTP/2, and clients reset the stream for it.
            out.remove(HttpHeaderNames.CONTENT_LENGTH);
        } else if (status == RESET_CONTENT) {
            // RFC 9110 section 15.3.6: no content is forwarded, so any other length would be wrong.
            out.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        }
    }

    private static List<String> namesOf(HttpHeaders out) {
        List<String> names = new ArrayList<>(out.size());
        Iterator<Map.Entry<CharSequence, CharSequence>> headers = out.iteratorCharSequence();
        while (headers.hasNext()) {
            String name = headers.next().getKey().toString();
            if (!HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                    && !HttpHeaderNames.SET_COOKIE.contentEqualsIgnoreCase(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static boolean isOurs(List<String> ours, boolean cors, CharSequence name) {
        for (int i = 0; i < ours.size(); i++) {
            if (HeaderName.same(ours.get(i), name)) {
                return true;
            }
        }
        return cors && HeaderName.startsWith(name, "access-control-");
    }

    /** Adds the names that the gateway's own {@code Vary} lacks. */
    private static void vary(HttpHeaders out, String theirs) {
        for (String wanted : HttpGrammar.elements(List.of(theirs))) {
            if (!wanted.isEmpty() && !out.containsValue(HttpHeaderNames.VARY, wanted, true)) {
                out.add(HttpHeaderNames.VARY, wanted);
            }
        }
    }
}
