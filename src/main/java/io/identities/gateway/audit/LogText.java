package io.identities.gateway.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Escapes untrusted text for a log line: every character that could end the line, move the cursor, reorder or hide
 * characters is written as {@code \}{@code uXXXX}, and the length is bounded.
 */
public final class LogText {

    static final int MAX_CHARACTERS = 256;

    private static final HexFormat HEX = HexFormat.of();
    private static final String BARE = "._~@+:-";
    private static final String HOME = "~";
    private static final Pattern PLAIN_PATH = Pattern.compile("(/[a-z][a-z0-9._-]{0,40}){2,}");

    private LogText() {}

    public static String of(String text) {
        return of(text, MAX_CHARACTERS);
    }

    /** @param maxCharacters after which the text is cut and ends with three dots */
    public static String of(String text, int maxCharacters) {
        int end = Math.min(text.length(), maxCharacters);
        StringBuilder out = new StringBuilder(end + 8);
        for (int i = 0; i < end; i++) {
            append(out, text, i);
        }
        return end == text.length() ? out.toString() : out.append("...").toString();
    }

    /**
     * An address that is safe to show: without query and fragment, which may hold API keys, and not at all where it may
     * hold a username and a password.
     */
    public static String address(String address) {
        if (address.indexOf('@') >= 0) {
            return "an address with a user in it";
        }
        String[] bare = address.split("[?#]", 2);
        return bare.length == 1 ? of(address) : of(bare[0]) + "?***";
    }

    /**
     * A path that is safe to show. Hides text that neither exists as a file nor looks like a path, because it may be a
     * secret in place of its file. Base64 contains slashes, too.
     */
    public static String path(Path path) {
        return Files.exists(path) || isLikePath(path) ? of(path.toString()) : "a value that is no path (not shown)";
    }

    private static boolean isLikePath(Path path) {
        if (path.isAbsolute() && PLAIN_PATH.matcher(path.toString()).matches()) {
            return true;
        }
        Path first = path.getNameCount() < 2 ? null : path.subpath(0, 1);
        return first != null
                && (HOME.equals(first.toString())
                        || Files.isDirectory(path.isAbsolute() ? path.getRoot().resolve(first) : first));
    }

    /** Unquoted if it is one plain word, else in double quotes. */
    public static String quoted(String safe) {
        return !safe.isEmpty() && safe.chars().allMatch(LogText::isBare) ? safe : '"' + safe + '"';
    }

    private static void append(StringBuilder out, String text, int index) {
        char c = text.charAt(index);
        if (c == '"' || c == '\\') {
            out.append('\\').append(c);
        } else if (isSafe(text, index)) {
            out.append(c);
        } else {
            out.append("\\u").append(HEX.toHexDigits(c));
        }
    }

    private static boolean isSafe(String text, int index) {
        char c = text.charAt(index);
        if (Character.isSurrogate(c)) {
            return isHalfOfPair(text, index);
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static boolean isHalfOfPair(String text, int index) {
        char c = text.charAt(index);
        if (Character.isHighSurrogate(c)) {
            return index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1));
        }
        return index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
    }

    private static boolean isBare(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || BARE.indexOf(c) >= 0;
    }
}
