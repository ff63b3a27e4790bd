package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.ServerSet;
import io.identities.gateway.testing.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LdapServerSetTest {

    private final MutableClock clock = MutableClock.startingNow();
    private final List<String> asked = new ArrayList<>();
    private final Server first = new Server("first");
    private final Server second = new Server("second");
    private final LdapServerSet servers =
            new LdapServerSet(List.of(first, second), new LdapConnectionHealthCheck(Duration.ofSeconds(2)), clock);

    @Test
    void theFirstServerIsAskedWhileItAnswers() throws LDAPException {
        servers.getConnection();
        servers.getConnection();

        assertThat(asked).containsExactly("first", "first");
    }

    @Test
    void oneThatFailedComesLastForAWhileAndThenFirstAgain() throws LDAPException {
        first.down = true;
        servers.getConnection();
        servers.getConnection();
        assertThat(asked).as("not everybody waits for it").containsExactly("first", "second", "second");

        first.down = false;
        clock.advance(LdapServerSet.LAST_FOR);
        servers.getConnection();
        assertThat(asked).last().isEqualTo("first");
    }

    @Test
    void whereAllHaveFailedAllAreAsked() throws LDAPException {
        first.down = true;
        second.down = true;
        assertThatThrownBy(servers::getConnection).hasMessage("second");

        second.down = false;
        servers.getConnection();
        assertThat(asked).containsExactly("first", "second", "first", "second");
    }

    @Test
    void aCallerThatIsInterruptedSaysNothingAboutTheServers() throws LDAPException {
        first.interrupting = true;
        assertThatThrownBy(servers::getConnection).hasMessage("first");
        assertThat(Thread.interrupted()).isTrue();

        first.interrupting = false;
        servers.getConnection();
        assertThat(asked).containsExactly("first", "first");
    }

    private final class Server extends ServerSet {

        private final String name;
        private boolean down;
        private boolean interrupting;

        Server(String name) {
            this.name = name;
        }

        @Override
        public LDAPConnection getConnection() throws LDAPException {
            asked.add(name);
            if (down) {
                throw new LDAPException(ResultCode.CONNECT_ERROR, name);
            }
            if (interrupting) {
                Thread.currentThread().interrupt();
                throw new LDAPException(ResultCode.LOCAL_ERROR, name);
            }
            return new LDAPConnection();
        }

        @Override
        public LDAPConnection getConnection(@Nullable LDAPConnectionPoolHealthCheck health) throws LDAPException {
            return getConnection();
        }

        @Override
        public void toString(StringBuilder out) {
            out.append(name);
        }
    }
}
