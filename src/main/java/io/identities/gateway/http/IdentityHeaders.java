package io.identities.gateway.http;

import io.identities.gateway.token.AccessToken;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Strip, then assert: the only place where the names of the identity headers exist. Immutable, safe to share. */
public final class IdentityHeaders {

    private final String username;
    private final String roles;
    private final String issuer;
    private final String requestId;

    public IdentityHeaders(String username, String roles, String issuer) {
        this(username, roles, issuer, "X-Request-Id");
    }

    public IdentityHeaders(String username, String roles, String issuer, String requestId) {
        this.username = username;
        this.roles = roles;
        this.issuer = issuer;
        this.requestId = requestId;
    }

    /** The name of the header that carries {@link RequestContext#id()} to the backend and to the client. */
    public String requestId() {
        return requestId;
    }

    /**
     * Whether a header name reads as an identity header in any spelling ({@code X_Auth_Username},
     * {@code x-auth-username}, {@code X.Auth.Username}), so that a client's must not travel on.
     */
    public boolean isIdentityHeader(CharSequence name) {
        return sameName(name, username) || sameName(name, roles) || sameName(name, issuer);
    }

    /** Hands out each header that asserts {@code token}; none for an anonymous pass, no roles header without roles. */
    public void forEach(@Nullable AccessToken token, BiConsumer<String, String> header) {
        if (token == null) {
            return;
        }
        header.accept(username, token.wireName());
        header.accept(issuer, token.issuer());
        if (!token.wireRoles().isEmpty()) {
            header.accept(roles, token.wireRoles());
        }
    }

    /**
     * Hands out every identity header, empty where there is nothing to assert: for callers that copy them over the
     * client's.
     */
    public void forEachOrEmpty(@Nullable AccessToken token, BiConsumer<String, String> header) {
        header.accept(username, token == null ? "" : token.wireName());
        header.accept(issuer, token == null ? "" : token.issuer());
        header.accept(roles, token == null ? "" : token.wireRoles());
    }

    /** A header name as CGI and its heirs read it: lower case, everything but letters and digits one and the same. */
    static String folded(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            out.append(fold(name.charAt(i)));
        }
        return out.toString();
    }

    private static boolean sameName(CharSequence name, String ours) {
        if (name.length() != ours.length()) {
            return false;
        }
        for (int i = 0; i < ours.length(); i++) {
            if (fold(name.charAt(i)) != fold(ours.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char fold(char c) {
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : '-';
    }
}
