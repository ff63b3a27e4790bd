package io.identities.gateway.credentials;

import io.identities.gateway.audit.LogText;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The check against an LDAP directory: bind as the user, or search for the user and then bind.
 *
 * @param uris ldap:// or ldaps:// addresses; the next one is tried when one cannot be reached
 * @param startTls whether an ldap:// connection is upgraded to TLS before anything else is sent
 * @param sslBundle name of a bundle under spring.ssl.bundle; by default the platform's trust
 * @param userDn DN of every user, in which {username} is the name; else user-base and user-filter are used
 * @param userBase where users are searched for
 * @param userFilter filter that finds one user; {username} is the name
 * @param bindDn DN that searches; empty: anonymous
 * @param bindPassword its password
 * @param usernameAttribute attribute with the name that the token gets; empty: the name as entered
 * @param rolesAttribute attribute of the user whose values are roles; of a DN the first value counts
 * @param groupBase where the user's groups are searched for
 * @param groupFilter filter that finds them; {dn} and {username} are the user's
 * @param groupAttribute attribute of a group that names the role
 * @param claims further claims of the token: name and attribute
 * @param refusalCodes LDAP result codes of the user's bind that mean no
 * @param timeout longest wait for a result, including the wait for a thread
 * @param connectTimeout longest wait for a connection
 * @param connections pooled connections for searches, and the most logins at the same time
 */
record LdapCheckSettings(
        @DefaultValue List<URI> uris,
        @DefaultValue("false") boolean startTls,
        @Nullable String sslBundle,
        @Nullable String userDn,
        @Nullable String userBase,
        @DefaultValue("(uid={username})") String userFilter,
        @DefaultValue("") String bindDn,
        @DefaultValue("") String bindPassword,
        @DefaultValue("uid") String usernameAttribute,
        @Nullable String rolesAttribute,
        @Nullable String groupBase,
        @DefaultValue("(|(member={dn})(uniqueMember={dn}))") String groupFilter,
        @DefaultValue("cn") String groupAttribute,
        @DefaultValue Map<String, String> claims,
        @DefaultValue({"32", "48", "49"}) Set<Integer> refusalCodes,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("8") int connections) {

    private static final String USERNAME = "{username}";

    LdapCheckSettings {
        Setting.positive("ldap.timeout", timeout);
        Setting.positive("ldap.connect-timeout", connectTimeout);
        Setting.within("ldap.connections", connections, 1, 1024);
        uris = List.copyOf(uris);
        claims = Map.copyOf(claims);
        refusalCodes = Set.copyOf(refusalCodes);
        bindPassword = Setting.secret(bindPassword);
    }

    @Override
    public String toString() {
        return "LdapCheckSettings[uris=" + uris + ", bindPassword=***]";
    }

    /**
     * The filter that finds an account by username-attribute; the rest of user-filter applies as for a login.
     *
     * @return null where no attribute names the user, or the combination is not a valid filter
     */
    @Nullable String accountFilter() {
        String anybody = userFilter.replace(USERNAME, "*");
        String filter = "(&(" + usernameAttribute + "=" + USERNAME + ")"
                + (anybody.startsWith("(") ? anybody : "(" + anybody + ")") + ")";
        return usernameAttribute.isEmpty() || !LdapDirectory.isFilter(LdapDirectory.filter(filter, "x", ""))
                ? null
                : filter;
    }

    void requireComplete() {
        if (uris.isEmpty()) {
            throw Setting.wrong("ldap.uris", "nothing", "the address of a directory, for example ldaps://ldap.example");
        }
        uris.forEach(this::requireAddress);
        boolean encrypted = startTls || uris.stream().anyMatch(uri -> "ldaps".equalsIgnoreCase(uri.getScheme()));
        Setting.usedBundle("ldap.ssl-bundle", sslBundle, encrypted, "an ldaps:// address or start-tls");
        Setting.claims("ldap.claims", claims.keySet());
        if (userDn == null && userBase == null) {
            throw Setting.wrong("ldap.user-dn", "nothing", "a DN with {username} in it, or user-base");
        }
        if (userDn != null && userBase != null) {
            throw Setting.wrong("ldap.user-dn", userDn + " and user-base " + userBase, "one of them");
        }
        if (userDn != null && !LdapDirectory.isDn(LdapDirectory.userDn(userDn, "x"))) {
            throw Setting.wrong("ldap.user-dn", userDn, "a DN with {username} in it");
        }
        if (userDn != null ? !userDn.contains(USERNAME) : !userFilter.contains(USERNAME)) {
            throw Setting.wrong(
                    userDn != null ? "ldap.user-dn" : "ldap.user-filter",
                    userDn != null ? userDn : userFilter,
                    "{username} in it");
        }
        requireFilter("ldap.user-filter", userFilter);
        requireFilter("ldap.group-filter", groupFilter);
        if (!bindDn.isEmpty() && bindPassword.isEmpty()) {
            throw Setting.wrong("ldap.bind-password", "nothing", "the password of bind-dn");
        }
    }

    private void requireAddress(URI uri) {
        boolean ldap = "ldap".equalsIgnoreCase(uri.getScheme());
        boolean ldaps = "ldaps".equalsIgnoreCase(uri.getScheme());
        boolean bare = uri.getRawUserInfo() == null
                && (uri.getRawPath() == null || uri.getRawPath().length() <= 1);
        if (!ldap && !ldaps || uri.getHost() == null || !bare || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw Setting.wrong(
                    "ldap.uris",
                    LogText.address(uri.toString()),
                    "ldap:// or ldaps:// with a host, perhaps a port, and nothing else");
        }
        if (ldaps && startTls) {
            throw Setting.wrong("ldap.start-tls", "true with " + uri, "ldap:// addresses, or start-tls=false");
        }
    }

    private static void requireFilter(String name, String filter) {
        if (!LdapDirectory.isFilter(LdapDirectory.filter(filter, "x", "cn=x"))) {
            throw Setting.wrong(name, filter, "an LDAP filter (RFC 4515)");
        }
    }
}
