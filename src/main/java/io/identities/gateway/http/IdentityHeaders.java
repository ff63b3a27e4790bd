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

    /** Whether the name is an identity header in any spelling, so that a client's must not be forwarded. */
    public boolean isIdentityHeader(CharSequence name) {
        return HeaderName.same(name, username) || HeaderName.same(name, roles) || HeaderName.same(name, issuer);
    }

    /**
     * Passes each header that asserts {@code token} to the consumer; none for an anonymous request, no roles header
     * without roles.
     */
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
     * Passes every identity header to the consumer, empty where there is nothing to assert: for callers that overwrite
     * the client's headers with them.
     */
    public void forEachOrEmpty(@Nullable AccessToken token, BiConsumer<String, String> header) {
        header.accept(username, token == null ? "" : token.wireName());
        header.accept(issuer, token == null ? "" : token.issuer());
        header.accept(roles, token == null ? "" : token.wireRoles());
    }
}
