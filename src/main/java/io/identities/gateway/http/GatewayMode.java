package io.identities.gateway.http;

/** What this process is ({@code identities.mode}). */
public enum GatewayMode {
    /** In front of the backend: decides and forwards. */
    GATEWAY,
    /** Beside another proxy: local endpoints and forward-auth only; every other path is 404. */
    COMPANION
}
