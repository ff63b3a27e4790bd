package io.identities.gateway.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.SelfSignedCertificateGenerator;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchEntry;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindResult;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.BindResult;
import com.unboundid.ldap.sdk.Control;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.controls.PasswordExpiredControl;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ErrorType;
import com.unboundid.ldap.sdk.experimental.DraftBeheraLDAPPasswordPolicy10ResponseControl;
import com.unboundid.ldap.sdk.schema.Schema;
import com.unboundid.util.ssl.KeyStoreKeyManager;
import com.unboundid.util.ssl.SSLUtil;
import com.unboundid.util.ssl.TrustAllTrustManager;
import com.unboundid.util.ssl.cert.CertException;
import io.identities.gateway.credentials.CredentialCheckUnavailableException.Kind;
import io.identities.gateway.testing.MutableClock;
import io.identities.gateway.testing.RecordingBackend;
import io.identities.gateway.testing.TcpRelay;
import io.identities.gateway.token.Subject;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Search and bind, against a directory in this process; the other ways in their own tests below. */
class LdapCredentialCheckTest extends CredentialCheckContract {

    private static final String PEOPLE = "ou=people,dc=example,dc=org";
    private static final List<String> binds = new CopyOnWriteArrayList<>();
    private static final Map<String, ResultCode> ODD_ANSWERS = Map.of(
            "uid=locked," + PEOPLE, ResultCode.UNWILLING_TO_PERFORM,
            "uid=retried," + PEOPLE, ResultCode.CONSTRAINT_VIOLATION,
            "uid=strange," + PEOPLE, ResultCode.OTHER);
    private static final Map<String, Control> POLICIES = Map.of(
            "uid=reset," + PEOPLE,
            new DraftBeheraLDAPPasswordPolicy10ResponseControl(
                    null, -1, DraftBeheraLDAPPasswordPolicy10ErrorType.CHANGE_AFTER_RESET),
            "uid=expired," + PEOPLE,
            new PasswordExpiredControl());
    private static InMemoryDirectoryServer server;
    private static volatile @Nullable ResultCode answerToEverybody;
    private static SSLContext trusting;

    private final MutableClock clock = MutableClock.startingNow();
    private LdapCredentialCheck check;

    @BeforeAll
    static void start() throws Exception {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example,dc=org");
        config.setSchema(Schema.getDefaultStandardSchema());
        config.addAdditionalBindCredentials("cn=searcher", "let me search");
        config.setEnforceAttributeSyntaxCompliance(false);
        SSLUtil ssl = serverTls();
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig(
                        "plain", InetAddress.getLoopbackAddress(), 0, ssl.createSSLSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig(
                        "tls",
                        InetAddress.getLoopbackAddress(),
                        0,
                        ssl.createSSLServerSocketFactory(),
                        ssl.createSSLSocketFactory()));
        config.addInMemoryOperationInterceptor(new InMemoryOperationInterceptor() {
            @Override
            public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) throws LDAPException {
                String dn = request.getRequest().getBindDN();
                binds.add(dn);
                boolean person = dn.endsWith(PEOPLE);
                ResultCode odd = person && answerToEverybody != null ? answerToEverybody : ODD_ANSWERS.get(dn);
                if (odd != null) {
                    throw new LDAPException(odd, "no");
                }
            }

            @Override
            public void processSimpleBindResult(InMemoryInterceptedSimpleBindResult result) {
                Control policy = POLICIES.get(result.getRequest().getBindDN());
                if (policy != null) {
                    result.setResult(new BindResult(
                            result.getMessageID(), ResultCode.SUCCESS, null, null, null, new Control[] {policy}));
                }
            }

            @Override
            public void processSearchEntry(InMemoryInterceptedSearchEntry found) {
                Entry entry = found.getSearchEntry().duplicate();
                if (entry.hasAttributeValue("uid", "parted")) {
                    entry.addAttribute("description;range=0-1499", "a");
                    found.setSearchEntry(entry);
                }
            }
        });
        server = new InMemoryDirectoryServer(config);
        server.add(new Entry("dn: dc=example,dc=org", "objectClass: domain", "dc: example"));
        server.add(new Entry("dn: " + PEOPLE, "objectClass: organizationalUnit", "ou: people"));
        server.add(new Entry("dn: ou=groups,dc=example,dc=org", "objectClass: organizationalUnit", "ou: groups"));
        person("alice", "wonderland");
        for (Credentials text : TEXTS) {
            person(text.username(), text.password());
        }
        person("star*(x)\\", "pw");
        person("co,ma+=\"<>;#", "pw");
        person("locked", "pw");
        person("retried", "pw");
        person("strange", "pw");
        person("reset", "pw");
        person("expired", "pw");
        person("parted", "pw");
        server.add(
                "dn: cn=admins,ou=groups,dc=example,dc=org",
                "objectClass: groupOfNames",
                "cn: admins",
                "member: uid=alice," + PEOPLE);
        server.add(
                "dn: cn=others,ou=groups,dc=example,dc=org",
                "objectClass: groupOfNames",
                "cn: others",
                "member: uid=bob," + PEOPLE);
        person("odd", "pw");
        Entry odd = new Entry(new com.unboundid.ldap.sdk.DN(
                new com.unboundid.ldap.sdk.RDN("cn", "o\u0007dd"),
                new com.unboundid.ldap.sdk.DN("ou=groups,dc=example,dc=org")));
        odd.addAttribute("objectClass", "groupOfNames");
        odd.addAttribute("cn", "o\u0007dd");
        odd.addAttribute("member", "uid=odd," + PEOPLE);
        server.add(odd);
        server.startListening();
        trusting = new SSLUtil(new TrustAllTrustManager()).createSSLContext();
    }

    @AfterAll
    static void stop() {
        server.shutDown(true);
    }

    @BeforeEach
    void open() throws LDAPException {
        binds.clear();
        answerToEverybody = null;
        open(search());
    }

    @AfterEach
    void close() {
        check.close();
    }

    @Override
    CredentialCheck check() {
        return check;
    }

    @Test
    void theNameIsTheDirectorysAndRolesAreTheGroups() {
        assertThat(ask("ALICE", "wonderland"))
                .contains(new Subject("alice", List.of("admins"), Map.of("mail", "alice@example.org")));
    }

    @Test
    void anEmptyPasswordNeverReachesTheDirectory() {
        assertThat(ask("alice", "")).isEmpty();
        assertThat(binds).isEmpty();
    }

    @Test
    void log01_anUnknownUserCostsABindToo() {
        assertThat(ask("mallory", "x")).isEmpty();
        assertThat(binds).contains("cn=unknown," + PEOPLE);
    }

    @Test
    void namesStayNamesInFiltersAndDns() throws LDAPException {
        assertThat(ask("*", "wonderland")).isEmpty();
        assertThat(ask("alice)(uid=*", "wonderland")).isEmpty();
        assertThat(ask("a*", "wonderland")).isEmpty();
        assertThat(ask("star*(x)\\", "pw")).isPresent();
        assertThat(ask("{dn}", "pw")).isEmpty();
        open(template());
        assertThat(ask("alice,ou=people", "wonderland")).isEmpty();
        assertThat(ask("co,ma+=\"<>;#", "pw")).isPresent();
        assertThat(ask("star*(x)\\", "pw")).isPresent();
        assertThat(ask("{username}", "pw")).isEmpty();
    }

    @Test
    void bindsAsTheUserByATemplate() throws LDAPException {
        open(template());
        assertThat(ask("Alice", "wonderland").orElseThrow())
                .isEqualTo(new Subject("alice", List.of("admins"), Map.of()));
        assertThat(ask("alice", "wrong")).isEmpty();
        assertThat(ask("mallory", "wonderland")).isEmpty();
        assertThat(check.recheck(Subject.named("alice"))).isNull();
    }

    @Test
    void searchesAgainAtRenewal() {
        assertThat(answerOf(check.recheck(Subject.named("alice"))).orElseThrow().roles())
                .containsExactly("admins");
        assertThat(answerOf(check.recheck(Subject.named("mallory")))).isEmpty();
        assertThat(answerOf(check.recheck(Subject.named("ALICE"))))
                .as("not the name of the session")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(mail={username})",
                "mail={username}",
                "(|(mail={username})(cn={username}))",
                "(&(mail={username}@example.org)(sn=x))"
            })
    void log09_whoLoggedInByAnotherAttributeThanTheNameRenews(String userFilter) throws LDAPException {
        open(search("user-filter=" + userFilter));
        String typed = userFilter.contains("@") ? "alice" : "alice@example.org";
        Subject alice = ask(typed, "wonderland").orElseThrow();
        assertThat(alice.name()).isEqualTo("alice");
        assertThat(answerOf(check.recheck(alice))).contains(alice);
        assertThat(answerOf(check.recheck(Subject.named("mallory")))).isEmpty();
        assertThat(answerOf(check.recheck(Subject.named("*")))).isEmpty();
    }

    @Test
    void log09_theRestOfTheUserFilterHoldsAtRenewal() throws LDAPException {
        open(search("user-filter=(&(mail={username})(employeeType=staff))"));
        assertThat(answerOf(check.recheck(Subject.named("alice")))).isEmpty();
    }

    @Test
    void aUserFilterThatCannotBeTurnedRoundIsAskedAsItIs() throws LDAPException {
        open(search("user-filter=(uid={username}*)"));
        assertThat(answerOf(check.recheck(Subject.named("alice")))).isPresent();
        assertThat(answerOf(check.recheck(Subject.named("mallory")))).isEmpty();
    }

    @Test
    void log12_whatTheDirectoryWillNotSayIsUnclear() {
        assertThat(failure(check.check(new Credentials("strange", "pw"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"locked", "retried"})
    void log12_aLockedAccountIsRefused(String name) throws LDAPException {
        assertThat(ask(name, "pw")).isEmpty();
        open(template());
        assertThat(ask(name, "pw")).isEmpty();
        assertThat(binds).as("whether the directory judges anybody").endsWith("cn=unknown," + PEOPLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {19, 53})
    void log12_aDirectoryThatTurnsEverybodyAwayLocksNobody(int code) throws LDAPException {
        answerToEverybody = ResultCode.valueOf(code);
        for (String name : List.of("alice", "locked", "mallory")) {
            assertThat(failure(check.check(new Credentials(name, "pw"))).kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
        }
        open(template());
        assertThat(failure(check.check(new Credentials("locked", "pw"))).kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void aRoleThatNoTokenCanCarryIsUnclear() {
        assertThat(failure(check.check(new Credentials("odd", "pw"))).kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void log12_aSearcherThatIsRefusedIsUnclearAndNoWrongPassword() throws LDAPException {
        open(search("bind-password=wrong"));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void log12_aDirectoryOutOfReachIsUnavailable() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        open(search("uris=ldap://127.0.0.1:" + free));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.NO_ANSWER);
    }

    @Test
    void log12_aDirectoryThatHangsTimesOut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            open(search("uris=ldap://127.0.0.1:" + silent.getLocalPort(), "bind-dn=", "timeout=200ms"));
            assertThat(failure(check.check(new Credentials("alice", "wonderland")))
                            .timedOut())
                    .isTrue();
        }
    }

    @Test
    void log12_aHandshakeThatIsMetWithSilenceKeepsNoThread() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            open(
                    search(
                            "uris=ldaps://127.0.0.1:" + silent.getLocalPort(),
                            "bind-dn=",
                            "timeout=5s",
                            "connect-timeout=100ms"),
                    trusting);
            assertThat(failure(check.check(new Credentials("alice", "wonderland")))
                            .kind())
                    .as("given up on, not merely waited for no longer")
                    .isEqualTo(Kind.NO_ANSWER);
        }
    }

    @Test
    void theNextAddressIsTriedWhenOneIsOutOfReach() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        open(search("uris=ldap://127.0.0.1:" + free + "," + uri("plain")));
        assertThat(ask("alice", "wonderland")).isPresent();
    }

    @Test
    void theNextAddressIsTriedWhenOneIsConnectedToButSilent() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            open(search(
                    "uris=ldap://127.0.0.1:" + silent.getLocalPort() + "," + uri("plain"), "connect-timeout=300ms"));
            assertThat(ask("alice", "wonderland")).isPresent();
            assertThat(ask("alice", "wrong")).isEmpty();
        }
    }

    @Test
    void aServerThatComesToHangCostsNoLoginItsTimeOut() throws Exception {
        try (TcpRelay relay = new TcpRelay(server.getListenPort("plain"))) {
            open(search("uris=ldap://127.0.0.1:" + relay.port() + "," + uri("plain"), "connect-timeout=300ms"));
            assertThat(ask("alice", "wonderland")).isPresent();
            relay.hold();
            clock.advance(Duration.ofMinutes(1));

            assertThat(ask("alice", "wonderland")).isPresent();
            assertThat(ask("alice", "wrong")).isEmpty();
        }
    }

    @Test
    void speaksLdapsToACertificateThatIsTrusted() throws Exception {
        open(search("uris=" + uri("tls")), trusting);
        assertThat(ask("alice", "wonderland")).isPresent();
        assertThat(ask("alice", "wrong")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap://ldap.example:0", "ldaps://ldap.example:65536"})
    void aPortThatNobodyCanListenOnIsRefused(String uri) {
        assertThatThrownBy(() -> search("uris=" + uri).requireComplete())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identities.credentials.ldap.uris");
    }

    @Test
    void anIpv6AddressIsCheckedAgainstTheCertificateWithoutItsBrackets() {
        assertThat(LdapDirectory.host(URI.create("ldaps://[2001:db8::1]:636"))).isEqualTo("2001:db8::1");
        assertThat(LdapDirectory.host(URI.create("ldaps://ldap.example"))).isEqualTo("ldap.example");
    }

    @Test
    void turnsAPlainConnectionIntoTlsFirst() throws Exception {
        open(search("start-tls=true"), trusting);
        assertThat(ask("alice", "wonderland")).isPresent();
    }

    @Test
    void handshakesThatAreMetWithSilenceHoldUpNoOther() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        try (RecordingBackend silent = new RecordingBackend()) {
            silent.handleConnections(socket -> {
                acceptStartTls(socket);
                socket.getInputStream().read();
                begun.countDown();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            });
            open(
                    search(
                            "uris=ldap://127.0.0.1:" + silent.port(),
                            "bind-dn=",
                            "start-tls=true",
                            "timeout=30s",
                            "connect-timeout=30s"),
                    trusting);
            Disposable logins = Flux.range(0, 2)
                    .flatMap(i -> check.check(new Credentials("alice", "wonderland")))
                    .onErrorComplete()
                    .subscribe();
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            logins.dispose();
        }
    }

    @Test
    void log12_aCertificateThatIsNotTrustedIsUnavailable() throws Exception {
        open(search("uris=" + uri("tls")));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.NO_ANSWER);
        open(search("start-tls=true"));
        assertThat(failure(check.check(new Credentials("alice", "wonderland"))).kind())
                .isEqualTo(Kind.NO_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "expired"})
    void whoMustChangeThePasswordFirstIsRefused(String name) throws LDAPException {
        assertThat(ask(name, "pw")).isEmpty();
        open(template());
        assertThat(ask(name, "pw")).isEmpty();
    }

    @Test
    void rolesThatTheDirectoryGivesInPartsAreUnclear() throws LDAPException {
        assertThat(ask("alice", "wonderland")).isPresent();
        open(search("roles-attribute=description"));
        assertThat(ask("alice", "wonderland").orElseThrow().roles()).containsExactly("admins");
        assertThat(failure(check.check(new Credentials("parted", "pw"))).kind()).isEqualTo(Kind.UNCLEAR_ANSWER);
    }

    @Test
    void aSettledDnIsAShortName() {
        assertThat(LdapDirectory.shortName("cn=Admins,ou=groups,dc=example")).isEqualTo("Admins");
        assertThat(LdapDirectory.shortName("plain role")).isEqualTo("plain role");
    }

    private void open(LdapCheckSettings settings) throws LDAPException {
        try {
            open(settings, SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void open(LdapCheckSettings settings, SSLContext tls) throws LDAPException {
        if (check != null) {
            check.close();
        }
        settings.requireComplete();
        check = new LdapCredentialCheck(
                settings,
                new LdapDirectory(settings, new ReplaceableSocketFactory(tls, settings.connectTimeout()), clock),
                Schedulers.newBoundedElastic(4, 100, "ldap-test"));
    }

    private static LdapCheckSettings search(String... more) {
        return settings(
                more,
                "uris=" + uri("plain"),
                "user-base=" + PEOPLE,
                "bind-dn=cn=searcher",
                "bind-password=let me search",
                "group-base=ou=groups,dc=example,dc=org",
                "claims.mail=mail");
    }

    private static LdapCheckSettings template() {
        return settings(
                new String[0],
                "uris=" + uri("plain"),
                "user-dn=uid={username}," + PEOPLE,
                "group-base=ou=groups,dc=example,dc=org");
    }

    /** As an operator writes them; of two values for one name the one in {@code more} counts. */
    private static LdapCheckSettings settings(String[] more, String... properties) {
        Map<String, String> all =
                new HashMap<>(Map.of("ldap.timeout", "10s", "ldap.connect-timeout", "5s", "ldap.connections", "2"));
        Stream.concat(Stream.of(properties), Stream.of(more))
                .map(property -> property.split("=", 2))
                .forEach(property -> all.put("ldap." + property[0], property[1]));
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("ldap", LdapCheckSettings.class)
                .get();
    }

    private static URI uri(String listener) {
        return URI.create(
                (listener.equals("tls") ? "ldaps" : "ldap") + "://127.0.0.1:" + server.getListenPort(listener));
    }

    private static void person(String uid, String password) throws LDAPException {
        Entry entry = new Entry(new com.unboundid.ldap.sdk.DN(
                new com.unboundid.ldap.sdk.RDN("uid", uid), new com.unboundid.ldap.sdk.DN(PEOPLE)));
        entry.addAttribute("objectClass", "inetOrgPerson");
        entry.addAttribute("uid", uid);
        entry.addAttribute("cn", "x");
        entry.addAttribute("sn", "x");
        entry.addAttribute("mail", uid + "@example.org");
        entry.addAttribute("userPassword", password);
        server.add(entry);
    }

    /** Reads the one extended request and answers success (RFC 4511, 4.12 and 4.14). */
    private static void acceptStartTls(Socket socket) throws IOException {
        byte[] request = socket.getInputStream().readNBytes(31);
        byte messageId = request[4];
        socket.getOutputStream().write(new byte[] {0x30, 12, 2, 1, messageId, 0x78, 7, 10, 1, 0, 4, 0, 4, 0});
    }

    private static SSLUtil serverTls() throws CertException, KeyStoreException {
        var store = SelfSignedCertificateGenerator.generateTemporarySelfSignedCertificate("ldap-test", "PKCS12");
        File file = store.getFirst();
        return new SSLUtil(new KeyStoreKeyManager(file, store.getSecond(), "PKCS12", null), new TrustAllTrustManager());
    }
}
