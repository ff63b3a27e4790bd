package io.identities.gateway.credentials;

import io.identities.gateway.audit.SecurityEvent.Origin;
import java.net.InetAddress;

/** One attempt: the credentials, and the client's address as far as it can be trusted. */
public record LoginAttempt(Credentials credentials, InetAddress client, Origin origin) {}
