package io.identities.gateway.token;

import io.identities.gateway.keys.VerificationKey;
import io.identities.gateway.keys.VerificationKeys;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that this gateway minted or verified: holding one is the proof. Immutable, safe to share between threads;
 * never holds the compact form.
 */
public final class AccessToken {

    private final Subject subject;
    private final String issuer;
    private final boolean own;
    private final String tokenId;
    private final @Nullable String sessionId;
    private final @Nullable Instant authTime;
    private final Instant issuedAt;
    private final Instant expiresAt;
    private final @Nullable VerificationKey key;
    private final String wireName;
    private final String wireRoles;

    /** @param key the key that verified its signature; null if it was minted here */
    AccessToken(
            Subject subject,
            String issuer,
            boolean own,
            String tokenId,
            @Nullable String sessionId,
            @Nullable Instant authTime,
            Instant issuedAt,
            Instant expiresAt,
            @Nullable VerificationKey key) {
        this.subject = subject;
        this.issuer = issuer;
        this.own = own;
        this.tokenId = tokenId;
        this.sessionId = sessionId;
        this.authTime = authTime;
        this.issuedAt = issuedAt;
        this.expiresAt = expiresAt;
        this.key = key;
        this.wireName = IdentityHeaderText.encode(subject.name());
        this.wireRoles = IdentityHeaderText.encodeAll(subject.roles());
    }

    public Subject subject() {
        return subject;
    }

    /** The {@code iss} of an own token, or the configured issuer of a foreign one. */
    public String issuer() {
        return issuer;
    }

    /** Whether this gateway signed it; foreign tokens cannot be renewed. */
    public boolean own() {
        return own;
    }

    /** The {@code jti}; for a token without one, the digest of its signing input and issuer (43 characters). */
    public String tokenId() {
        return tokenId;
    }

    public @Nullable String sessionId() {
        return sessionId;
    }

    /** The login that began the session. */
    public @Nullable Instant authTime() {
        return authTime;
    }

    /** The {@code iat}, else the {@code nbf}, or the epoch where the token has neither. */
    public Instant issuedAt() {
        return issuedAt;
    }

    public Instant expiresAt() {
        return expiresAt;
    }

    /** Whether {@code keys} still hold the key that verified the token. */
    boolean isOf(VerificationKeys keys) {
        return key == null || keys.all().contains(key);
    }

    /** The name, encoded for a header: every byte outside {@code [A-Za-z0-9._~@+-]} percent-encoded UTF-8. */
    public String wireName() {
        return wireName;
    }

    /** The roles, each encoded like the name and joined by a comma; empty without roles. */
    public String wireRoles() {
        return wireRoles;
    }

    @Override
    public String toString() {
        return "AccessToken[subject=" + wireName + ", issuer=" + issuer + ", expiresAt=" + expiresAt + "]";
    }
}
