package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;

/**
 * Upgrades a plain connection to TLS. The library performs one handshake at a time per socket factory, so a single peer
 * that does not respond would block all others; hence a factory for each connection.
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
