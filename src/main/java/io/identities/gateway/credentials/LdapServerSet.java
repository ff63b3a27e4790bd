package io.identities.gateway.credentials;

import static java.util.Objects.requireNonNull;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ServerSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one directory, in order. One that gave no usable connection comes after the others for a while, so that
 * not everybody waits for it.
 */
final class LdapServerSet extends ServerSet {

    static final Duration LAST_FOR = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(LdapServerSet.class);

    private final List<ServerSet> servers;
    private final LDAPConnectionPoolHealthCheck health;
    private final Clock clock;
    private final Map<ServerSet, Instant> failures = new ConcurrentHashMap<>();

    /**
     * @param servers of one server each, the preferred one first
     * @param health what a new connection must pass
     */
    LdapServerSet(List<ServerSet> servers, LDAPConnectionPoolHealthCheck health, Clock clock) {
        this.servers = List.copyOf(servers);
        this.health = health;
        this.clock = clock;
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
        Instant now = clock.instant();
        LDAPException last = null;
        for (ServerSet server : inOrder(now)) {
            try {
                LDAPConnection connection = server.getConnection(health);
                failures.remove(server);
                return connection;
            } catch (LDAPException e) {
                failed(server, now, e);
                last = e;
            }
        }
        throw requireNonNull(last);
    }

    @Override
    public LDAPConnection getConnection(@Nullable LDAPConnectionPoolHealthCheck ofThePool) throws LDAPException {
        return getConnection();
    }

    @Override
    public void toString(StringBuilder out) {
        out.append("LdapServerSet").append(servers);
    }

    private void failed(ServerSet server, Instant now, LDAPException failure) {
        if (failures.put(server, now) == null) {
            log.warn(
                    "identities.credentials.ldap.uris[{}] gives no connection that answers ({}); the others go before"
                            + " it for {} s",
                    servers.indexOf(server),
                    failure.getResultCode(),
                    LAST_FOR.toSeconds());
        }
    }

    private List<ServerSet> inOrder(Instant now) {
        Map<Boolean, List<ServerSet>> byFailure =
                servers.stream().collect(Collectors.partitioningBy(server -> hasFailedLately(server, now)));
        return Stream.of(false, true)
                .flatMap(failed -> requireNonNull(byFailure.get(failed)).stream())
                .toList();
    }

    private boolean hasFailedLately(ServerSet server, Instant now) {
        Instant failed = failures.get(server);
        return failed != null && !now.isBefore(failed) && now.isBefore(failed.plus(LAST_FOR));
    }
}
