package io.identities.gateway.http;

/** What this process is ({@code identities.mode}). */
public enum GatewayMode {
    /** Stands before the backend: decides and forwards. */
    GATEWAY,
    /** Stands beside another proxy: local endpoints and forward-auth only, the rest is 404. */
    COMPANION
}
