package io.identities.gateway.credentials;

import io.identities.gateway.audit.LogText;
import io.identities.gateway.token.Subject;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Validations that settings below {@code identities.credentials} share; each message names the setting. */
final class Setting {

    private static final Set<String> OWN_CLAIMS = ownClaims();

    private Setting() {}

    static IllegalArgumentException wrong(String name, Object found, String expected) {
        return new IllegalArgumentException(
                "identities.credentials." + name + ": found " + found + ", expected " + expected);
    }

    static void positive(String name, int value) {
        if (value < 1) {
            throw wrong(name, value, "at least 1");
        }
    }

    static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(name, value, least + " to " + most);
        }
    }

    static void positive(String name, Duration value) {
        if (value.isNegative() || value.toMillis() == 0 || value.toMillis() > Integer.MAX_VALUE) {
            throw wrong(name, value, "at least 1 ms and at most 24 days");
        }
    }

    static void statuses(String name, Set<Integer> codes) {
        for (int code : codes) {
            if (code < 200 || code > 599 || code / 100 == 3) {
                throw wrong(name, code, "final statuses that are no redirects");
            }
        }
    }

    static void anyStatus(String name, Set<Integer> codes) {
        if (codes.isEmpty()) {
            throw wrong(name, "nothing", "at least one status: without one the outcome can never occur");
        }
        statuses(name, codes);
    }

    /** A line end after a secret, which editors add, is not part of it. */
    static String secret(String text) {
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** Claims that the gateway sets itself cannot be mapped. */
    static void claims(String name, Set<String> claims) {
        claims.stream().filter(OWN_CLAIMS::contains).findFirst().ifPresent(claim -> {
            throw wrong(name, claim, "a claim that the gateway does not set itself " + OWN_CLAIMS);
        });
    }

    static void pointer(String name, @Nullable String pointer) {
        if (pointer != null && !pointer.isEmpty() && !pointer.startsWith("/")) {
            throw wrong(name, pointer, "a JSON pointer, for example /realm_access/roles");
        }
    }

    static void address(String name, URI uri) {
        String expected = "an http or https address with a host and without user, password and fragment";
        boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!web
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawFragment() != null
                || uri.getPort() == 0
                || uri.getPort() > 65_535) {
            throw wrong(name, LogText.address(uri.toString()), expected);
        }
    }

    /** A bundle that no connection uses is a password in clear text. */
    static void usedBundle(String name, @Nullable String bundle, boolean used, String expected) {
        if (bundle != null && !bundle.isEmpty() && !used) {
            throw wrong(name, "'" + bundle + "' without TLS to use it for", expected + ", or no bundle");
        }
    }

    private static Set<String> ownClaims() {
        Set<String> claims = new TreeSet<>(Subject.RESERVED_CLAIMS);
        claims.add("unique_name");
        return claims;
    }
}
