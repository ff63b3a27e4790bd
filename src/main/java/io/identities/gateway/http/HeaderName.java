package io.identities.gateway.http;

/**
 * Header names as CGI and its heirs read them: any case, and everything but letters and digits for one another
 * ({@code X_Auth_Username}, {@code x-auth-username}, {@code X.Auth.Username}). Comparing allocates nothing.
 */
public final class HeaderName {

    private HeaderName() {}

    /** Whether two names are one and the same to such a reader. */
    public static boolean same(CharSequence left, CharSequence right) {
        if (left.length() != right.length()) {
            return false;
        }
        // From the end: many names begin alike.
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

    /** The one spelling of a name and all that read the same: lower case, with hyphens. */
    public static String folded(CharSequence name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            out.append(fold(name.charAt(i)));
        }
        return out.toString();
    }

    /** The one character that stands for {@code c} and all that read the same. */
    public static char fold(char c) {
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : '-';
    }
}
