package io.identities.gateway.credentials;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPInterface;
import com.unboundid.ldap.sdk.SearchScope;
import io.identities.gateway.token.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Maps a user's directory entry and groups to a subject. Blocking. */
final class LdapSubjectMapping {

    private static final int MAX_GROUPS = 1000;

    /** Requests no attribute at all (RFC 4511, 4.5.1.8). */
    private static final List<String> NONE = List.of("1.1");

    private final LdapCheckSettings settings;
    private final LdapDirectory directory;

    LdapSubjectMapping(LdapCheckSettings settings, LdapDirectory directory) {
        this.settings = settings;
        this.directory = directory;
    }

    /** Whether any attribute of the user's own entry is needed. */
    boolean needsEntry() {
        return !attributes().equals(NONE);
    }

    /** The attributes of a user's entry that are needed. */
    List<String> attributes() {
        List<String> names = new ArrayList<>(settings.claims().values());
        if (!settings.usernameAttribute().isEmpty()) {
            names.add(settings.usernameAttribute());
        }
        if (settings.rolesAttribute() != null) {
            names.add(settings.rolesAttribute());
        }
        return names.isEmpty() ? NONE : names;
    }

    /**
     * Empty if the name is not a valid subject name.
     *
     * @param as the connection that searches for groups
     * @throws CredentialCheckUnavailableException when the entry lacks the attribute that names the user
     */
    Optional<Subject> subject(String typed, Entry entry, LDAPInterface as) throws LDAPException {
        String name = name(typed, entry);
        if (!SubjectMapping.isUsable(name)) {
            return Optional.empty();
        }
        return Optional.of(new Subject(name, roles(name, entry, as), claims(entry)));
    }

    private String name(String typed, Entry entry) {
        if (settings.usernameAttribute().isEmpty()) {
            return typed;
        }
        String[] values = entry.getAttributeValues(settings.usernameAttribute());
        if (values == null || values.length == 0) {
            throw CredentialCheckUnavailableException.unclear(
                    "an entry without username-attribute " + settings.usernameAttribute());
        }
        for (String value : values) {
            if (value.equalsIgnoreCase(typed)) {
                return value;
            }
        }
        return values[0];
    }

    private List<String> roles(String name, Entry entry, LDAPInterface as) throws LDAPException {
        Set<String> roles = new LinkedHashSet<>();
        if (settings.rolesAttribute() != null) {
            for (String value : values(entry, settings.rolesAttribute())) {
                roles.add(SubjectMapping.role(LdapDirectory.shortName(value)));
            }
        }
        if (settings.groupBase() != null) {
            String filter = LdapDirectory.filter(settings.groupFilter(), name, entry.getDN());
            for (Entry group : directory.search(
                    as,
                    settings.groupBase(),
                    SearchScope.SUB,
                    filter,
                    MAX_GROUPS,
                    List.of(settings.groupAttribute()))) {
                values(group, settings.groupAttribute()).forEach(role -> roles.add(SubjectMapping.role(role)));
            }
        }
        return List.copyOf(roles);
    }

    private Map<String, Object> claims(Entry entry) {
        Map<String, Object> claims = new LinkedHashMap<>();
        settings.claims().forEach((name, attribute) -> {
            List<String> values = values(entry, attribute);
            if (!values.isEmpty()) {
                claims.put(name, values.size() == 1 ? values.get(0) : values);
            }
        });
        return claims;
    }

    /** Active Directory gives the first values only of an attribute that has many, under a name that says so. */
    private static List<String> values(Entry entry, String attribute) {
        String part = attribute.toLowerCase(Locale.ROOT) + ";range=";
        if (entry.getAttributes().stream()
                .anyMatch(one -> one.getName().toLowerCase(Locale.ROOT).startsWith(part))) {
            throw CredentialCheckUnavailableException.unclear(
                    "more values of " + attribute + " than are given at once");
        }
        String[] values = entry.getAttributeValues(attribute);
        return values == null ? List.of() : List.of(values);
    }
}
