package io.identities.gateway.http;

import java.util.ArrayList;
import java.util.List;

/** The words and lists that header fields are made of (RFC 9110 section 5.6), read the same way everywhere. */
public final class HttpGrammar {

    /** What a token may hold besides letters and digits. */
    public static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HttpGrammar() {}

    /** Whether this is a token, as methods and header names are. */
    public static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    public static boolean isTokenCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN_MARKS.indexOf(c) >= 0;
    }

    /** The elements of a comma-separated list over all its lines, in order, without outer blanks; empty ones too. */
    public static List<String> elements(List<String> lines) {
        List<String> elements = new ArrayList<>();
        for (String line : lines) {
            for (String element : line.split(",", -1)) {
                elements.add(element.strip());
            }
        }
        return elements;
    }
}
