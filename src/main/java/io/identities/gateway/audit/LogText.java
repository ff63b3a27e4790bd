package io.identities.gateway.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Untrusted text, made safe for a log line: whatever could end the line, move the cursor, reorder or hide characters is
 * written as {@code \}{@code uXXXX}, and the length is bounded.
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

    /** @param maxCharacters after which three dots stand for the rest */
    public static String of(String text, int maxCharacters) {
        int end = Math.min(text.length(), maxCharacters);
        StringBuilder out = new StringBuilder(end + 8);
        for (int i = 0; i < end; i++) {
            append(out, text, i);
        }
        return end == text.length() ? out.toString() : out.append("...").toString();
    }

    /**
     * An address as it may be shown: without its query and fragment, where services take keys of theirs, and not at all
     * where somebody's name and password may stand in it.
     */
    public static String address(String address) {
        if (address.indexOf('@') >= 0) {
            return "an address with a user in it";
        }
        String[] bare = address.split("[?#]", 2);
        return bare.length == 1 ? of(address) : of(bare[0]) + "?***";
    }

    /**
     * A path as it may be shown: not at all where it leads nowhere and does not look like one, since somebody may have written
     * a secret in the place of its file. Base64 has slashes, too.
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

    /** As it stands where it is one plain word, else in double quotes. */
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
