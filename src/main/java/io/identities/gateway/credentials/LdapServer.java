package io.identities.gateway.credentials;

import static java.util.Objects.requireNonNull;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.ServerSet;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One server of a directory, or several behind one name: each address of the name is tried, those that have failed
 * recently last. The certificate is verified against the name.
 */
final class LdapServer extends ServerSet {

    private final String host;
    private final int port;
    private final @Nullable SocketFactory sockets;
    private final LDAPConnectionOptions options;
    private final @Nullable PostConnectProcessor startTls;
    private final LDAPConnectionPoolHealthCheck answer;
    private final RecentFailures<InetAddress> failures;

    /**
     * @param sockets for TLS; null for plain text
     * @param answer the check that a new connection must pass if there is another address to try
     */
    LdapServer(
            String host,
            int port,
            @Nullable SocketFactory sockets,
            LDAPConnectionOptions options,
            @Nullable PostConnectProcessor startTls,
            LDAPConnectionPoolHealthCheck answer,
            Clock clock) {
        this.host = host;
        this.port = port;
        this.sockets = sockets;
        this.options = options;
        this.startTls = startTls;
        this.answer = answer;
        this.failures = new RecentFailures<>(LdapServerSet.LAST_FOR, clock);
    }

    boolean isServerOf(LDAPConnection connection) {
        return host.equals(connection.getConnectedAddress()) && port == connection.getConnectedPort();
    }

    @Override
    public boolean includesAuthentication() {
        return false;
    }

    @Override
    public boolean includesPostConnectProcessing() {
        return startTls != null;
    }

    @Override
    public LDAPConnection getConnection() throws LDAPException {
        return getConnection(null);
    }

    @Override
    public LDAPConnection getConnection(@Nullable LDAPConnectionPoolHealthCheck health) throws LDAPException {
        List<InetAddress> addresses = addresses();
        if (addresses.size() == 1) {
            return connect(addresses.get(0), health);
        }
        LDAPException last = null;
        for (InetAddress address : failures.last(addresses)) {
            try {
                LDAPConnection connection = connect(address, answer);
                failures.succeeded(address);
                return connection;
            } catch (LDAPException e) {
                LdapServerSet.requireNotInterrupted(e);
                failures.failed(address);
                last = e;
            }
        }
        throw requireNonNull(last);
    }

    @Override
    public void toString(StringBuilder out) {
        out.append("LdapServer[").append(host).append(':').append(port).append(']');
    }

    private LDAPConnection connect(InetAddress address, @Nullable LDAPConnectionPoolHealthCheck health)
            throws LDAPException {
        LDAPConnection connection = new LDAPConnection(sockets, options);
        boolean usable = false;
        try {
            connection.connect(host, address, port, options.getConnectTimeoutMillis());
            doBindPostConnectAndHealthCheckProcessing(connection, null, startTls, health);
            associateConnectionWithThisServerSet(connection);
            usable = true;
            return connection;
        } finally {
            if (!usable) {
                connection.close();
            }
        }
    }

    private List<InetAddress> addresses() throws LDAPException {
        try {
            return List.of(options.getNameResolver().getAllByName(host));
        } catch (UnknownHostException e) {
            throw new LDAPException(ResultCode.CONNECT_ERROR, "unknown host " + host, e);
        }
    }
}
