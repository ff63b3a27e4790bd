package io.identities.gateway.server;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The request methods that get through: the registered ones and a few old ones in wide use, as they are spelt. A
 * method that access rules cannot name in its one spelling ({@code get}) would slip past them.
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

    private final Set<String> allowed;

    /** @param more methods that are let through besides */
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
        return end <= 32 && allowed.contains(new String(line, 0, end, StandardCharsets.ISO_8859_1));
    }
}
