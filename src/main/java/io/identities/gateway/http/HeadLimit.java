package io.identities.gateway.http;

/**
 * The largest head of a request, and of a backend's response ({@code identities.headers.max-size}).
 *
 * @param bytes start line and headers together
 */
public record HeadLimit(int bytes) {}
