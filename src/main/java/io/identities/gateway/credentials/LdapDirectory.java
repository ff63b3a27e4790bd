package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPInterface;
import com.unboundid.ldap.sdk.OperationType;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An LDAP directory: connections, and the escaping of names in DNs and filters. Blocking. */
final class LdapDirectory implements AutoCloseable {

    /** Applies to busy connections too, so that address changes of the directory are followed. */
    private static final Duration MAX_AGE = Duration.ofSeconds(60);

    private final ServerSet servers;
    private final LDAPConnectionPool searchers;
    private final int timeoutSeconds;

    /** Opens no connection yet. */
    LdapDirectory(LdapCheckSettings settings, ReplaceableSocketFactory tls, Clock clock) throws LDAPException {
        LDAPConnectionOptions options = options(settings);
        LdapConnectionHealthCheck answer = new LdapConnectionHealthCheck(settings.connectTimeout());
        List<ServerSet> each = settings.uris().stream()
                .<ServerSet>map(uri -> server(uri, settings.startTls(), options, tls, answer, clock))
                .toList();
        LdapServerSet several = new LdapServerSet(each, answer, clock);
        boolean one = each.size() == 1;
        this.servers = one ? each.get(0) : several;
        this.timeoutSeconds = (int) Math.max(1, settings.timeout().toSeconds());
        this.searchers = new LDAPConnectionPool(servers, searcher(settings), 0, settings.connections());
        searchers.setMaxConnectionAgeMillis(MAX_AGE.toMillis());
        searchers.setCreateIfNecessary(true);
        searchers.setHealthCheck(
                new LdapPoolHealthCheck(answer, one ? (connection, failure) -> {} : several::failed, clock));
        searchers.setRetryFailedOperationsDueToInvalidConnections(EnumSet.of(OperationType.SEARCH));
    }

    /** A new unauthenticated connection; the caller closes it. */
    LDAPConnection connect() throws LDAPException {
        return servers.getConnection();
    }

    /** The pool of connections that search for users. */
    LDAPInterface searchers() {
        return searchers;
    }

    /** Returns at most {@code limit} entries; more are an error. */
    List<SearchResultEntry> search(
            LDAPInterface as, String base, SearchScope scope, String filter, int limit, List<String> attributes)
            throws LDAPException {
        SearchRequest request = new SearchRequest(
                base,
                scope,
                DereferencePolicy.NEVER,
                limit,
                timeoutSeconds,
                false,
                Filter.create(filter),
                attributes.toArray(String[]::new));
        return as.search(request).getSearchEntries();
    }

    @Override
    public void close() {
        searchers.close();
    }

    static String userDn(String template, String username) {
        return template.replace("{username}", escapedInDn(username));
    }

    static String filter(String template, String username, String dn) {
        // Both are replaced in one pass, so that a name "{dn}" is not replaced itself.
        StringBuilder out = new StringBuilder(template);
        replace(out, "{dn}", "\u0000");
        replace(out, "{username}", Filter.encodeValue(username));
        replace(out, "\u0000", Filter.encodeValue(dn));
        return out.toString();
    }

    /** Strips the brackets of an IPv6 address, with which it would never match the certificate's. */
    static String host(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static boolean isDn(String text) {
        return DN.isValidDN(text);
    }

    static boolean isFilter(String text) {
        try {
            return Filter.create(text) != null;
        } catch (LDAPException e) {
            return false;
        }
    }

    /** The value of a DN's first RDN; any other text as it is. */
    static String shortName(String value) {
        try {
            RDN first = new DN(value).getRDN();
            return first == null ? value : first.getAttributeValues()[0];
        } catch (LDAPException e) {
            return value;
        }
    }

    private static String escapedInDn(String value) {
        return new RDN("x", value).toString().substring(2);
    }

    private static void replace(StringBuilder text, String what, String by) {
        for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + by.length())) {
            text.replace(at, at + what.length(), by);
        }
    }

    private static @Nullable BindRequest searcher(LdapCheckSettings settings) {
        return settings.bindDn().isEmpty() ? null : new SimpleBindRequest(settings.bindDn(), settings.bindPassword());
    }

    private static ServerSet server(
            URI uri,
            boolean startTls,
            LDAPConnectionOptions options,
            ReplaceableSocketFactory tls,
            LdapConnectionHealthCheck answer,
            Clock clock) {
        boolean ldaps = "ldaps".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : ldaps ? 636 : 389;
        return new LdapServer(
                host(uri), port, ldaps ? tls : null, options, startTls ? new LdapStartTls(tls) : null, answer, clock);
    }

    private static LDAPConnectionOptions options(LdapCheckSettings settings) {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(
                Math.toIntExact(settings.connectTimeout().toMillis()));
        options.setResponseTimeoutMillis(settings.timeout().toMillis());
        options.setFollowReferrals(false);
        options.setUseSynchronousMode(true);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        return options;
    }
}
