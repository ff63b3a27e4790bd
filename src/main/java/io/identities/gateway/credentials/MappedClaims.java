package io.identities.gateway.credentials;

import io.identities.gateway.token.IssuanceCheck;
import java.util.Set;
import java.util.TreeSet;

/**
 * The claims that a configured check can put into tokens.
 *
 * @param setting where it is mapped, below {@code identities.credentials}; empty where nothing can be
 * @param claims by their names
 * @param roles whether it brings roles
 */
record MappedClaims(String setting, Set<String> claims, boolean roles) {

    static MappedClaims of(CredentialSettings.Kind kind, CredentialSettings settings) {
        return switch (kind) {
            case HTTP ->
                new MappedClaims(
                        "http.claims",
                        settings.http().claims().keySet(),
                        settings.http().rolesPointer() != null);
            case LDAP ->
                new MappedClaims(
                        "ldap.claims",
                        settings.ldap().claims().keySet(),
                        settings.ldap().rolesAttribute() != null
                                || settings.ldap().groupBase() != null);
            case HTPASSWD -> new MappedClaims("", Set.of(), false);
        };
    }

    /**
     * Checks that tokens can have their required claims and that no mapping is without effect.
     *
     * @param usernameClaim the claim that the username takes
     * @throws IllegalArgumentException when not
     */
    void requireFit(IssuanceCheck issuance, String usernameClaim) {
        if (claims.contains(usernameClaim)) {
            throw Setting.wrong(
                    setting,
                    usernameClaim,
                    "another claim than that of the username (identities.token.username-claim)");
        }
        Set<String> missing = new TreeSet<>(issuance.subjectClaims());
        missing.removeAll(claims);
        if (roles) {
            missing.remove("roles");
        }
        if (!missing.isEmpty()) {
            String expected = setting.isEmpty()
                    ? "none, as this check knows names only"
                    : "claims that identities.credentials." + setting + " maps";
            throw new IllegalArgumentException("identities.token.required-claims: found " + missing
                    + ", which no login would bring, expected " + expected);
        }
    }
}
