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
 * Checks that the server responds on a new connection: connecting to a hanging server succeeds, because its kernel or a
 * load balancer accepts. Any response about the root DSE suffices, even a refusal.
 */
final class LdapConnectionHealthCheck extends LDAPConnectionPoolHealthCheck {

    /** Result codes with which a server says that it serves no client. */
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
