package io.identities.gateway.http;

/**
 * Compares header names as CGI and its successors do: case-insensitive, with all characters other than letters and
 * digits equal to each other ({@code X_Auth_Username}, {@code x-auth-username}, {@code X.Auth.Username}). Allocates
 * nothing.
 */
public final class HeaderName {

    private HeaderName() {}

    /** Whether such a reader takes the two names for the same. */
    public static boolean same(CharSequence left, CharSequence right) {
        if (left.length() != right.length()) {
            return false;
        }
        // From the end, because many names share a prefix.
        for (int i = left.length() - 1; i >= 0; i--) {
            if (fold(left.charAt(i)) != fold(right.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** @param prefix in lower case, with hyphens */
    public static boolean startsWith(CharSequence name, String prefix) {
        if (name.length() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (fold(name.charAt(i)) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The canonical spelling of a name: lower case, with hyphens. */
    public static String folded(CharSequence name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            out.append(fold(name.charAt(i)));
        }
        return out.toString();
    }

    /** The canonical character for {@code c}. */
    public static char fold(char c) {
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : '-';
    }
}
