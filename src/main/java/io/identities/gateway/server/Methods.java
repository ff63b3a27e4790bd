package io.identities.gateway.server;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The allowed request methods, case-sensitive: the registered ones and a few old ones in wide use. A method in another
 * spelling ({@code get}) would not match the access rules.
 */
public final class Methods {

    private static final Set<String> KNOWN = Set.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "QUERY",
            "ACL",
            "BASELINE-CONTROL",
            "BIND",
            "CHECKIN",
            "CHECKOUT",
            "COPY",
            "LABEL",
            "LINK",
            "LOCK",
            "MERGE",
            "MKACTIVITY",
            "MKCALENDAR",
            "MKCOL",
            "MKREDIRECTREF",
            "MKWORKSPACE",
            "MOVE",
            "ORDERPATCH",
            "PROPFIND",
            "PROPPATCH",
            "REBIND",
            "REPORT",
            "SEARCH",
            "UNBIND",
            "UNCHECKOUT",
            "UNLINK",
            "UNLOCK",
            "UPDATE",
            "UPDATEREDIRECTREF",
            "VERSION-CONTROL",
            "M-SEARCH",
            "NOTIFY",
            "PURGE",
            "SOURCE",
            "SUBSCRIBE",
            "UNSUBSCRIBE");

    /** Longer methods are refused before a string is made of them; every known method is shorter. */
    private static final int MAX_LENGTH = 32;

    private final Set<String> allowed;

    /** @param more further methods that are allowed */
    public Methods(Collection<String> more) {
        Set<String> all = new HashSet<>(KNOWN);
        all.addAll(more);
        this.allowed = Set.copyOf(all);
    }

    public boolean allows(String method) {
        return allowed.contains(method);
    }

    boolean allows(byte[] line, int end) {
        if (end == 3 && line[0] == 'G' && line[1] == 'E' && line[2] == 'T') {
            return true;
        }
        return end <= MAX_LENGTH && allowed.contains(new String(line, 0, end, StandardCharsets.ISO_8859_1));
    }
}
