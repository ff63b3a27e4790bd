package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.identities.gateway.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LdapPoolHealthCheckTest {

    private static InMemoryDirectoryServer server;

    private final List<LDAPConnection> asked = new ArrayList<>();
    private final List<LDAPConnection> silent = new ArrayList<>();
    private final List<LDAPConnection> open = new ArrayList<>();
    private final MutableClock clock = MutableClock.startingNow();
    private final LdapPoolHealthCheck check =
            new LdapPoolHealthCheck(new Answer(), (connection, failure) -> silent.add(connection), clock);
    private ResultCode answer = ResultCode.SUCCESS;

    @BeforeAll
    static void start() throws LDAPException {
        server = new InMemoryDirectoryServer("dc=example");
        server.startListening();
    }

    @AfterAll
    static void stop() {
        server.shutDown(true);
    }

    @AfterEach
    void close() {
        open.forEach(LDAPConnection::close);
    }

    @Test
    void aConnectionThatHasLainIdleIsAskedAndAFreshOneIsNot() throws LDAPException {
        LDAPConnection connection = used();
        clock.advance(Duration.ofMillis(500));
        check.ensureConnectionValidForCheckout(connection);
        assertThat(asked).isEmpty();

        clock.advance(Duration.ofSeconds(2));
        check.ensureConnectionValidForCheckout(connection);
        assertThat(asked).containsExactly(connection);
    }

    @Test
    void afterOneSilenceOlderConnectionsAreNotAskedOneByOne() throws LDAPException {
        LDAPConnection first = used();
        LDAPConnection second = used();
        clock.advance(Duration.ofSeconds(2));
        answer = ResultCode.TIMEOUT;
        refuses(first, ResultCode.TIMEOUT);
        refuses(second, ResultCode.SERVER_DOWN);

        assertThat(asked).containsExactly(first);
        assertThat(silent).containsExactly(first);
    }

    @Test
    void aConnectionThatWasClosedSaysNothingAboutTheOthers() throws LDAPException {
        LDAPConnection first = used();
        LDAPConnection second = used();
        clock.advance(Duration.ofSeconds(2));
        answer = ResultCode.SERVER_DOWN;
        refuses(first, ResultCode.SERVER_DOWN);
        answer = ResultCode.SUCCESS;
        check.ensureConnectionValidForCheckout(second);

        assertThat(silent).isEmpty();
    }

    @Test
    void aQuestionThatTimesOutPutsEveryConnectionInDoubt() throws LDAPException {
        LDAPConnection first = used();
        LDAPConnection second = used();
        clock.advance(Duration.ofMillis(500));
        assertThatThrownBy(() ->
                        check.ensureConnectionValidAfterException(first, new LDAPException(ResultCode.TIMEOUT, "slow")))
                .isInstanceOf(LDAPException.class);
        check.ensureConnectionValidForCheckout(second);

        assertThat(asked).containsExactly(second);
        assertThat(silent).isEmpty();
    }

    private LDAPConnection used() throws LDAPException {
        LDAPConnection connection = server.getConnection();
        open.add(connection);
        connection.getRootDSE();
        clock.set(Instant.ofEpochMilli(connection.getLastCommunicationTime()));
        return connection;
    }

    private void refuses(LDAPConnection connection, ResultCode code) {
        assertThatThrownBy(() -> check.ensureConnectionValidForCheckout(connection))
                .isInstanceOfSatisfying(
                        LDAPException.class,
                        failure -> assertThat(failure.getResultCode()).isEqualTo(code));
    }

    private final class Answer extends LDAPConnectionPoolHealthCheck {
        @Override
        public void ensureNewConnectionValid(LDAPConnection connection) throws LDAPException {
            asked.add(connection);
            if (!answer.equals(ResultCode.SUCCESS)) {
                throw new LDAPException(answer, "no answer");
            }
        }
    }
}
