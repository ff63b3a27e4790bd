package io.identities.gateway.credentials;

import io.identities.gateway.audit.SecurityEvent.Origin;
import java.net.InetAddress;

/** One attempt: what was typed, and from where as far as it can be trusted. */
public record LoginAttempt(Credentials credentials, InetAddress client, Origin origin) {}
