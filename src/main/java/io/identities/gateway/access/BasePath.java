package io.identities.gateway.access;

import org.jspecify.annotations.Nullable;

/**
 * The raw path prefix below which the gateway answers ({@code identities.base-path}).
 *
 * @param value empty, or a slash followed by one or more plain segments, without a slash at the end
 */
public record BasePath(String value) {

    public static final BasePath NONE = new BasePath("");

    public BasePath {
        if (!value.isEmpty() && !isPlainPrefix(value)) {
            throw new IllegalArgumentException("identities.base-path: found '" + value
                    + "', expected nothing or a path such as /identities: a leading slash, no slash at the end,"
                    + " no empty segment, none of . .. ; % ? #");
        }
    }

    /** The part of {@code rawPath} below this base path; null when it is outside. Compared raw, on a segment edge. */
    public @Nullable String below(String rawPath) {
        if (value.isEmpty()) {
            return rawPath;
        }
        if (!rawPath.startsWith(value)) {
            return null;
        }
        if (rawPath.length() == value.length()) {
            return "/";
        }
        return rawPath.charAt(value.length()) == '/' ? rawPath.substring(value.length()) : null;
    }

    private static boolean isPlainPrefix(String value) {
        RequestTarget target = RequestTarget.of(value);
        return target.isPlain()
                && target.rawQuery() == null
                && value.indexOf('%') < 0
                && value.charAt(value.length() - 1) != '/';
    }
}
