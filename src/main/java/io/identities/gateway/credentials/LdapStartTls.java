package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;

/**
 * Turns a plain connection into TLS. The library lets one socket factory serve one handshake at a time, so that a single
 * one which is met with silence would hold up all others; hence a factory for each.
 */
final class LdapStartTls implements PostConnectProcessor {

    private final ReplaceableSocketFactory tls;

    LdapStartTls(ReplaceableSocketFactory tls) {
        this.tls = tls;
    }

    @Override
    public void processPreAuthenticatedConnection(LDAPConnection connection) throws LDAPException {
        new StartTLSPostConnectProcessor(tls.forOne()).processPreAuthenticatedConnection(connection);
    }

    @Override
    public void processPostAuthenticatedConnection(LDAPConnection connection) {
        // TLS comes before the bind.
    }
}
