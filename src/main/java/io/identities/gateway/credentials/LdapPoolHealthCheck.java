package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Checks that a pooled connection still responds before it is used. Without this check each connection to a server that
 * hangs would cost one login its whole time-out.
 */
final class LdapPoolHealthCheck extends LDAPConnectionPoolHealthCheck {

    /** A connection used more recently than this is not checked, so that a busy pool costs nothing. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final LDAPConnectionPoolHealthCheck answer;
    private final BiConsumer<LDAPConnection, LDAPException> silent;
    private final Clock clock;
    private final Map<String, Long> silentAt = new ConcurrentHashMap<>();
    private final Map<String, Long> doubtedAt = new ConcurrentHashMap<>();

    /**
     * @param answer the check of a new connection
     * @param silent receives each connection on which the server does not respond
     */
    LdapPoolHealthCheck(
            LDAPConnectionPoolHealthCheck answer, BiConsumer<LDAPConnection, LDAPException> silent, Clock clock) {
        this.answer = answer;
        this.silent = silent;
        this.clock = clock;
    }

    @Override
    public void ensureConnectionValidForCheckout(LDAPConnection connection) throws LDAPException {
        String server = connection.getHostPort();
        if (connection.getConnectTime() <= silentAt.getOrDefault(server, 0L)) {
            throw new LDAPException(ResultCode.SERVER_DOWN, "older than the server's silence");
        }
        if (!isFresh(connection, server)) {
            requireAnswer(connection, server);
        }
    }

    /** The operation itself may be slow, so the server is only in doubt. */
    @Override
    public void ensureConnectionValidAfterException(LDAPConnection connection, LDAPException exception)
            throws LDAPException {
        if (exception.getResultCode().equals(ResultCode.TIMEOUT)) {
            doubtedAt.put(connection.getHostPort(), clock.millis());
        }
        super.ensureConnectionValidAfterException(connection, exception);
    }

    private boolean isFresh(LDAPConnection connection, String server) {
        long used = connection.getLastCommunicationTime();
        return used > doubtedAt.getOrDefault(server, 0L) && Math.abs(clock.millis() - used) < IDLE.toMillis();
    }

    /** A connection that was closed says nothing about its server. */
    private void requireAnswer(LDAPConnection connection, String server) throws LDAPException {
        try {
            answer.ensureNewConnectionValid(connection);
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.TIMEOUT)) {
                silentAt.put(server, clock.millis());
                silent.accept(connection, e);
            }
            throw e;
        }
    }
}
