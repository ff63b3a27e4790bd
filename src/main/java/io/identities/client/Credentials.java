package io.identities.client;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;

/** The credentials of a login. Holds no password, only its supplier. */
record Credentials(String username, Supplier<char[]> password) {

    /** The body of a login; the password is wiped before this returns. */
    byte[] loginBody() {
        char[] secret = Objects.requireNonNull(password.get(), "The password supplier gave null");
        try {
            return LoginBody.of(username, secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    @Override
    public String toString() {
        return "Credentials[***]";
    }
}
