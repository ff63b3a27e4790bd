package io.identities.gateway.token;

/** A freshly minted token in both its shapes. */
public record IssuedToken(BearerToken bearer, AccessToken token) {}
