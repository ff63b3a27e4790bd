package io.identities.gateway.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code Forwarded} header (RFC 7239): every address, and the first host and scheme, which are those
 * that readers use. Not thread-safe.
 */
final class ForwardedClaims {

    private final String text;
    private final List<String> addresses = new ArrayList<>();
    private @Nullable String host;
    private @Nullable String proto;
    private boolean wellFormed = true;
    private int at;

    /** @param text all lines of the header, joined by commas */
    ForwardedClaims(String text) {
        this.text = text;
        while (wellFormed && at < text.length()) {
            pair();
        }
    }

    /**
     * Whether the other headers of the same proxy confirm all of it.
     *
     * @param forwardedFor all lines of {@code X-Forwarded-For}, joined by commas
     * @param saidProto the client's scheme by {@code X-Forwarded-Proto}; null if that was not sent
     */
    boolean agreeWith(String forwardedFor, String saidHost, @Nullable String saidProto) {
        return wellFormed
                && addresses.equals(addressesOf(forwardedFor))
                && (host == null || host.equalsIgnoreCase(saidHost))
                && (proto == null || saidProto == null || proto.equalsIgnoreCase(saidProto));
    }

    private void pair() {
        int equals = text.indexOf('=', at);
        int end = end(at);
        if (equals < 0 || equals > end) {
            // An empty element has no content.
            wellFormed = text.substring(at, end).isBlank();
            at = end + 1;
            return;
        }
        String name = text.substring(at, equals).strip().toLowerCase(Locale.ROOT);
        at = equals + 1;
        note(name, text.startsWith("\"", at) ? quoted() : plain());
    }

    private void note(String name, String value) {
        switch (name) {
            case "for" -> addresses.add(address(value));
            case "host" -> host = host == null ? value : host;
            case "proto" -> proto = proto == null ? value : proto;
            default -> {
                // Has no equivalent in X-Forwarded-*.
            }
        }
    }

    private String plain() {
        int end = end(at);
        String value = text.substring(at, end).strip();
        at = end + 1;
        return value;
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        int i = at + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            i += text.charAt(i) == '\\' ? 1 : 0;
            value.append(i < text.length() ? text.charAt(i) : '\\');
            i++;
        }
        int end = end(i);
        wellFormed = i < text.length() && text.substring(i + 1, end).isBlank();
        at = end + 1;
        return value.toString();
    }

    /** The end of the pair that contains {@code from}, outside quotes. */
    private int end(int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != ';' && text.charAt(end) != ',') {
            end++;
        }
        return end;
    }

    private static List<String> addressesOf(String forwardedFor) {
        List<String> addresses = new ArrayList<>();
        for (String entry : forwardedFor.split(",")) {
            addresses.add(address(entry.strip()));
        }
        return addresses;
    }

    /** Without the port, which one of the two headers may lack. */
    private static String address(String node) {
        if (node.startsWith("[") && node.indexOf(']') > 0) {
            return node.substring(1, node.indexOf(']')).toLowerCase(Locale.ROOT);
        }
        int colon = node.indexOf(':');
        boolean hasPort = colon >= 0 && node.indexOf(':', colon + 1) < 0;
        return (hasPort ? node.substring(0, colon) : node).toLowerCase(Locale.ROOT);
    }
}
