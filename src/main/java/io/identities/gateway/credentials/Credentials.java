package io.identities.gateway.credentials;

import static java.util.Objects.requireNonNull;

/** A username and a password as entered; prints without the password. */
public record Credentials(String username, String password) {

    public Credentials {
        requireNonNull(username, "username");
        requireNonNull(password, "password");
    }

    /**
     * Whether any check could approve these: both are present and well-formed, and the name holds no control character.
     * An empty password would be an anonymous bind in LDAP (RFC 4513, 5.1.2), and a lone surrogate would become a
     * {@code ?} in UTF-8.
     */
    boolean canBeRight() {
        return !username.isBlank()
                && !password.isEmpty()
                && !SubjectMapping.hasControls(username)
                && SubjectMapping.isText(username)
                && SubjectMapping.isText(password);
    }

    @Override
    public String toString() {
        return "Credentials[password=***]";
    }
}
