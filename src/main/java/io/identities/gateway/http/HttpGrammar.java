package io.identities.gateway.http;

import java.util.ArrayList;
import java.util.List;

/** Tokens and lists in header fields (RFC 9110 section 5.6), parsed in one place. */
public final class HttpGrammar {

    /** The characters that a token may contain besides letters and digits. */
    public static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HttpGrammar() {}

    /** Whether the text is a token, as methods and header names are. */
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
