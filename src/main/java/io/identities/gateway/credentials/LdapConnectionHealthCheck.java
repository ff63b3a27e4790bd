package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchScope;
import java.time.Duration;
import java.util.Set;

/**
 * Whether somebody answers on a new connection: a server that hangs is still connected to, by its kernel or by the load
 * balancer before it. Any answer about the root DSE will do, a refusal too.
 */
final class LdapConnectionHealthCheck extends LDAPConnectionPoolHealthCheck {

    /** As far as a server can say it itself, it will not serve anybody. */
    private static final Set<ResultCode> NONE = Set.of(
            ResultCode.CONNECT_ERROR,
            ResultCode.SERVER_DOWN,
            ResultCode.TIMEOUT,
            ResultCode.BUSY,
            ResultCode.UNAVAILABLE);

    private final Duration patience;

    LdapConnectionHealthCheck(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void ensureNewConnectionValid(LDAPConnection connection) throws LDAPException {
        SearchRequest request = new SearchRequest("", SearchScope.BASE, "(objectClass=*)", SearchRequest.NO_ATTRIBUTES);
        request.setResponseTimeoutMillis(patience.toMillis());
        try {
            connection.search(request);
        } catch (LDAPException e) {
            if (NONE.contains(e.getResultCode())) {
                throw e;
            }
        }
    }
}
