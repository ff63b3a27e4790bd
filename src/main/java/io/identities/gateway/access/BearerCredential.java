package io.identities.gateway.access;

import io.identities.gateway.token.BearerToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the {@code Authorization} header (RFC 6750 section 2.1): no bearer token, one token, or a fault.
 *
 * @param token null unless exactly one token in the right shape was sent
 * @param fault why there is no token; meaningless with one
 */
record BearerCredential(@Nullable BearerToken token, Denial fault) {

    private static final BearerCredential NONE = new BearerCredential(null, Denial.NO_TOKEN);
    private static final BearerCredential MALFORMED = new BearerCredential(null, Denial.MALFORMED_CREDENTIAL);
    private static final BearerCredential AMBIGUOUS = new BearerCredential(null, Denial.AMBIGUOUS_CREDENTIAL);

    private static final String SCHEME = "Bearer";
    private static final boolean[] B64TOKEN = b64token();

    static BearerCredential of(AccessRequest request) {
        List<String> values = request.authorization();
        String fromSubprotocol = request.subprotocolToken();
        if (values.isEmpty()) {
            return fromSubprotocol == null ? NONE : of(fromSubprotocol, 0, fromSubprotocol.length());
        }
        if (values.size() > 1 || fromSubprotocol != null) {
            return AMBIGUOUS;
        }
        return ofHeader(values.get(0));
    }

    /** White space around a field value is not part of it (RFC 9110 section 5.5). */
    private static BearerCredential ofHeader(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isWhiteSpace(value.charAt(from))) {
            from++;
        }
        while (to > from && isWhiteSpace(value.charAt(to - 1))) {
            to--;
        }
        int schemeEnd = from + SCHEME.length();
        if (!value.regionMatches(true, from, SCHEME, 0, SCHEME.length()) || schemeEnd > to) {
            return NONE;
        }
        if (schemeEnd == to) {
            return MALFORMED;
        }
        int start = schemeEnd;
        while (value.charAt(start) == ' ') {
            start++;
        }
        return start == schemeEnd ? MALFORMED : of(value, start, to);
    }

    private static BearerCredential of(String text, int from, int to) {
        if (from == to) {
            return MALFORMED;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c >= B64TOKEN.length || !B64TOKEN[c]) {
                return MALFORMED;
            }
        }
        return new BearerCredential(new BearerToken(text.substring(from, to)), Denial.NO_TOKEN);
    }

    private static boolean isWhiteSpace(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean[] b64token() {
        boolean[] allowed = new boolean[128];
        String characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
        for (int i = 0; i < characters.length(); i++) {
            allowed[characters.charAt(i)] = true;
        }
        return allowed;
    }
}
