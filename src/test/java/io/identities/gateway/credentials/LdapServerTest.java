package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.NameResolver;
import com.unboundid.ldap.sdk.ResultCode;
import io.identities.gateway.testing.MutableClock;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A name with several addresses. */
class LdapServerTest {

    private static InMemoryDirectoryServer directory;

    private final Names names = new Names();

    @BeforeAll
    static void start() throws Exception {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("l", InetAddress.getByName("127.0.0.1"), 0, null));
        directory = new InMemoryDirectoryServer(config);
        directory.startListening();
    }

    @AfterAll
    static void stop() {
        directory.shutDown(true);
    }

    @Test
    void theNextAddressIsTriedWhereOneRefuses() throws LDAPException {
        names.addresses = List.of("127.0.0.2", "127.0.0.1");
        assertReached("127.0.0.1");
    }

    @Test
    void theNextAddressIsTriedWhereOneIsSilent() throws Exception {
        try (ServerSocket silent = new ServerSocket(directory.getListenPort(), 5, InetAddress.getByName("127.0.0.2"))) {
            names.addresses = List.of("127.0.0.2", "127.0.0.1");
            LdapServer server = server();
            assertReached(server, "127.0.0.1");
            assertReached(server, "127.0.0.1");
            assertThat(silent.isBound()).isTrue();
        }
    }

    @Test
    void aNameThatNobodyKnowsIsAConnectionThatFails() {
        names.addresses = List.of();
        assertThatThrownBy(() -> server().getConnection())
                .isInstanceOfSatisfying(
                        LDAPException.class,
                        failure -> assertThat(failure.getResultCode()).isEqualTo(ResultCode.CONNECT_ERROR));
    }

    private void assertReached(String address) throws LDAPException {
        assertReached(server(), address);
    }

    private static void assertReached(LdapServer server, String address) throws LDAPException {
        try (LDAPConnection connection = server.getConnection()) {
            assertThat(connection.getConnectedInetAddress().getHostAddress()).isEqualTo(address);
            assertThat(connection.getConnectedAddress())
                    .as("what a certificate is checked against")
                    .isEqualTo("ldap.example");
            assertThat(server.isServerOf(connection)).isTrue();
        }
    }

    private LdapServer server() {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setNameResolver(names);
        options.setUseSynchronousMode(true);
        return new LdapServer(
                "ldap.example",
                directory.getListenPort(),
                null,
                options,
                null,
                new LdapConnectionHealthCheck(Duration.ofMillis(300)),
                MutableClock.startingNow());
    }

    private static final class Names extends NameResolver {

        private List<String> addresses = List.of();

        @Override
        public InetAddress[] getAllByName(String host) throws UnknownHostException {
            if (addresses.isEmpty()) {
                throw new UnknownHostException(host);
            }
            InetAddress[] all = new InetAddress[addresses.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = InetAddress.getByName(addresses.get(i));
            }
            return all;
        }

        @Override
        public void toString(StringBuilder out) {
            out.append("Names");
        }
    }
}
