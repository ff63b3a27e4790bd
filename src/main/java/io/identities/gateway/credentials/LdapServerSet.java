package io.identities.gateway.credentials;

import static java.util.Objects.requireNonNull;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ServerSet;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one directory, in order. A server that failed to connect is tried last for a while, so that not every
 * login waits for it.
 */
final class LdapServerSet extends ServerSet {

    static final Duration LAST_FOR = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(LdapServerSet.class);

    private final List<ServerSet> servers;
    private final LDAPConnectionPoolHealthCheck health;
    private final RecentFailures<ServerSet> failures;

    /**
     * @param servers sets of one server each, the preferred one first
     * @param health what a new connection must pass
     */
    LdapServerSet(List<ServerSet> servers, LDAPConnectionPoolHealthCheck health, Clock clock) {
        this.servers = List.copyOf(servers);
        this.health = health;
        this.failures = new RecentFailures<>(LAST_FOR, clock);
    }

    @Override
    public boolean includesAuthentication() {
        return false;
    }

    @Override
    public boolean includesPostConnectProcessing() {
        return servers.get(0).includesPostConnectProcessing();
    }

    @Override
    public LDAPConnection getConnection() throws LDAPException {
        LDAPException last = null;
        for (ServerSet server : failures.last(servers)) {
            try {
                LDAPConnection connection = server.getConnection(health);
                failures.succeeded(server);
                return connection;
            } catch (LDAPException e) {
                requireNotInterrupted(e);
                failed(server, e);
                last = e;
            }
        }
        throw requireNonNull(last);
    }

    /** Somebody who no longer waits for a connection says nothing about the server, and needs no other. */
    static void requireNotInterrupted(LDAPException failure) throws LDAPException {
        if (Thread.currentThread().isInterrupted()) {
            throw failure;
        }
    }

    /** Takes note that nobody answers any more on a connection that came from here. */
    void failed(LDAPConnection connection, LDAPException failure) {
        servers.stream()
                .filter(server -> server instanceof LdapServer one && one.isServerOf(connection))
                .forEach(server -> failed(server, failure));
    }

    @Override
    public LDAPConnection getConnection(@Nullable LDAPConnectionPoolHealthCheck ofThePool) throws LDAPException {
        return getConnection();
    }

    @Override
    public void toString(StringBuilder out) {
        out.append("LdapServerSet").append(servers);
    }

    private void failed(ServerSet server, LDAPException failure) {
        if (failures.failed(server)) {
            log.warn(
                    "identities.credentials.ldap.uris[{}] gives no connection that answers ({}); the others go before"
                            + " it for {} s",
                    servers.indexOf(server),
                    failure.getResultCode(),
                    LAST_FOR.toSeconds());
        }
    }
}
