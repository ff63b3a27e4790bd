package io.identities.gateway.token;

/** A position in JSON text; throws {@link Malformed} for anything unexpected. */
final class JsonCursor {

    private final String text;
    private int at;

    JsonCursor(String text) {
        this.text = text;
    }

    int position() {
        return at;
    }

    boolean isAtEnd() {
        return at == text.length();
    }

    String text(int from, int to) {
        return text.substring(from, to);
    }

    char peek() {
        if (isAtEnd()) {
            throw new Malformed();
        }
        return text.charAt(at);
    }

    char next() {
        char c = peek();
        at++;
        return c;
    }

    boolean skip(char c) {
        if (!isAtEnd() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c) {
        if (!skip(c)) {
            throw new Malformed();
        }
    }

    void expect(String word) {
        if (!text.startsWith(word, at)) {
            throw new Malformed();
        }
        at += word.length();
    }

    void skipBlanks() {
        while (!isAtEnd() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /** Ends the recursion at the first fault; has no stack trace and never escapes {@link StrictJson}. */
    static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Malformed() {
            super(null, null, false, false);
        }
    }
}
