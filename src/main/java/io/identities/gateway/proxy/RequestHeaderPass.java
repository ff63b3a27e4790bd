package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import io.identities.gateway.http.IdentityHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one pass over the headers of a request to the backend. Drops headers that a client must not set, in every
 * spelling, then sets the gateway's own, so that nothing a client sends or names in {@code Connection} can affect them.
 * Immutable, thread-safe.
 */
final class RequestHeaderPass {

    /** Records the gateways that have forwarded a request, which detects a backend that leads back to the gateway. */
    static final AsciiString HOP = AsciiString.cached("X-Identities-Hop");

    /** More gateways in a row are taken for a loop; real chains are shorter. */
    private static final int MAX_HOPS = 4;

    private static final int SEPARATOR_LENGTH = ", ".length();

    private static final String FORWARDED_PREFIX = "x-forwarded-";

    /**
     * At the start, or after another credential, where lenient backends look for it as well. Some strip more than
     * blanks: in ISO-8859-1, Python counts the bytes 0x85 and 0xA0 among them.
     */
    private static final Pattern BEARER = Pattern.compile(
            "[,;[^!-~]]*bearer|.*[,;[^!-~]]bearer[,;[^!-~]]", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final IdentityHeaders identityHeaders;
    private final ForwardedHeaders forwarded;
    private final boolean forwardToken;
    private final boolean preserveHost;
    private final String backendAuthority;
    private final AsciiString requestId;
    private final String hop;

    RequestHeaderPass(
            IdentityHeaders identityHeaders,
            ForwardedHeaders forwarded,
            boolean forwardToken,
            boolean preserveHost,
            String backendAuthority,
            String requestIdHeader,
            String hop) {
        this.identityHeaders = identityHeaders;
        this.forwarded = forwarded;
        this.forwardToken = forwardToken;
        this.preserveHost = preserveHost;
        this.backendAuthority = backendAuthority;
        this.requestId = AsciiString.cached(requestIdHeader);
        this.hop = hop;
    }

    /** Fills {@code out}, which is empty, from the headers of {@code call}. */
    void apply(BackendCall call, HttpHeaders in, HttpHeaders out) {
        out.set(HttpHeaderNames.HOST, host(in));
        copy(call, in, out);
        frame(call, out);
        identityHeaders.forEach(call.grant().token(), out::set);
        out.set(requestId, call.context().id());
        forwarded.set(call, in, out);
        out.set(HOP, hop(in));
        if (!call.trace().isEmpty()) {
            out.set(call.trace());
        }
        if (call.webSocket()) {
            upgrade(call, out);
        } else if (takesTrailers(in)) {
            out.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            out.set(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
        }
    }

    /** Whether the request has passed this gateway before, or too many gateways. */
    boolean isLoop(HttpHeaders in) {
        String hops = in.get(HOP);
        return hops != null && (hops.contains(hop) || isLong(hops));
    }

    /** Whether the request has passed too many gateways; passing this one twice may be the purpose of a route. */
    boolean isEndless(HttpHeaders in) {
        String hops = in.get(HOP);
        return hops != null && isLong(hops);
    }

    private boolean isLong(String hops) {
        return hops.length() > MAX_HOPS * (hop.length() + SEPARATOR_LENGTH);
    }

    private void copy(BackendCall call, HttpHeaders in, HttpHeaders out) {
        ConnectionOptions options = ConnectionOptions.of(in);
        Iterator<Map.Entry<CharSequence, CharSequence>> headers = in.iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            CharSequence name = header.getKey();
            if (isKept(call, name, header.getValue()) && !options.name(name)) {
                out.add(name, header.getValue());
            }
        }
    }

    private boolean isKept(BackendCall call, CharSequence name, CharSequence value) {
        RequestHeaderPolicy fate = RequestHeaderPolicy.of(name);
        if (fate == null) {
            return !identityHeaders.isIdentityHeader(name)
                    && !HeaderName.same(name, requestId)
                    && (call.context().peerTrusted() || !HeaderName.startsWith(name, FORWARDED_PREFIX));
        }
        return switch (fate) {
            case DROP, HOST, LENGTH, FORWARDED -> false;
            case CLAIM -> call.context().peerTrusted();
            case AUTHORIZATION -> forwardToken && (call.grant().token() != null || !isBearer(value));
            case SUBPROTOCOL -> call.grant().offer() == null;
        };
    }

    /** Not verified on an anonymous request, but a backend may assume that it is. */
    private static boolean isBearer(CharSequence credential) {
        return BEARER.matcher(credential).lookingAt();
    }

    private String host(HttpHeaders in) {
        String host = preserveHost ? in.get(HttpHeaderNames.HOST) : null;
        return host == null || host.isEmpty() ? backendAuthority : host;
    }

    /** Exactly one framing header, and none without a body. */
    private static void frame(BackendCall call, HttpHeaders out) {
        if (call.contentLength() >= 0) {
            out.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(call.contentLength()));
        } else if (call.hasBody()) {
            out.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
    }

    private static boolean takesTrailers(HttpHeaders in) {
        String codings = in.get(HttpHeaderNames.TE);
        return codings != null && codings.toLowerCase(Locale.ROOT).contains("trailers");
    }

    private String hop(HttpHeaders in) {
        String hops = in.get(HOP);
        return hops == null ? hop : hops + ", " + hop;
    }

    private void upgrade(BackendCall call, HttpHeaders out) {
        out.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        out.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        SubprotocolOffer offer = call.grant().offer();
        if (offer == null) {
            return;
        }
        if (!offer.others().isEmpty()) {
            out.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(", ", offer.others()));
        }
        if (forwardToken && call.grant().token() != null) {
            out.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + offer.token());
        }
    }

    static @Nullable String first(HttpHeaders in, CharSequence name) {
        String value = in.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
