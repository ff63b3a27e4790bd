package io.identities.gateway.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A raw request-target (RFC 9112 section 3.2.1, origin form), analysed once: plain or not, ambiguous or not, base path
 * removed. Never decoded for forwarding: what is judged is what is sent on. Thread-safe.
 */
public final class RequestTarget {

    private static final String NOWHERE = "/";

    private final String pathAndQuery;
    private final String rawPath;
    private final @Nullable String rawQuery;
    private final @Nullable Ambiguity ambiguity;
    private final boolean belowBasePath;
    private final boolean plain;
    private final boolean escaped;
    private @Nullable List<String> readings;

    private RequestTarget(String pathAndQuery, int query, boolean belowBasePath, TargetScan scan) {
        this.pathAndQuery = pathAndQuery;
        this.rawPath = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        this.rawQuery = query < 0 ? null : pathAndQuery.substring(query + 1);
        this.ambiguity = scan.ambiguity();
        this.belowBasePath = belowBasePath;
        this.plain = scan.plain();
        this.escaped = scan.escaped();
    }

    /** Why a target is ambiguous, which is always a 400. */
    public enum Ambiguity {
        /** Absolute, authority or asterisk form, or empty. */
        NOT_ORIGIN_FORM,
        /** A character that RFC 3986 forbids, including {@code #} and raw control characters. */
        FORBIDDEN_CHARACTER,
        /** A percent sign without two hexadecimal digits. */
        MALFORMED_ESCAPE,
        /** {@code .} or {@code ..} as a segment, in any spelling. */
        DOT_SEGMENT
    }

    /** Analyses a target where no base path is configured. */
    public static RequestTarget of(String rawTarget) {
        return of(rawTarget, BasePath.NONE);
    }

    /**
     * Analyses a target and removes the base path.
     *
     * @param rawTarget as it stands in the request line, one character per byte
     */
    public static RequestTarget of(String rawTarget, BasePath basePath) {
        TargetScan scan = TargetScan.of(rawTarget);
        int query = scan.ambiguity() == null ? scan.query() : rawTarget.indexOf('?');
        if (basePath.value().isEmpty()) {
            return new RequestTarget(rawTarget, query, true, scan);
        }
        String path = query < 0 ? rawTarget : rawTarget.substring(0, query);
        String below = basePath.below(path);
        if (below == null) {
            return new RequestTarget(NOWHERE, -1, false, scan);
        }
        String rest = query < 0 ? below : below + rawTarget.substring(query);
        return new RequestTarget(rest, query < 0 ? -1 : below.length(), true, scan);
    }

    /** The path below the base path, byte for byte; starts with a slash unless the target is ambiguous. */
    public String rawPath() {
        return rawPath;
    }

    /** The query without its question mark; empty and absent differ. */
    public @Nullable String rawQuery() {
        return rawQuery;
    }

    /** Path and query below the base path, byte for byte: what goes to the backend. */
    public String pathAndQuery() {
        return pathAndQuery;
    }

    /** Null for an unambiguous target. */
    public @Nullable Ambiguity ambiguity() {
        return ambiguity;
    }

    public boolean isAmbiguous() {
        return ambiguity != null;
    }

    /** Whether the target lies below the base path; where it does not, {@link #rawPath} is meaningless. */
    public boolean isBelowBasePath() {
        return belowBasePath;
    }

    /**
     * Whether the path has non-empty segments (the last may be empty) of RFC 3986 pchar without {@code ;}, whose escapes
     * are well-formed UTF-8 of characters other than {@code / \ . ; %} and controls.
     */
    public boolean isPlain() {
        return plain;
    }

    /**
     * The path as the most lenient backend could read it: parameters ({@code ;…}) cut, decoded up to twice, backslashes
     * taken for slashes, slashes merged, trailing slashes, dots and blanks dropped, lower case. Empty for the root.
     */
    public String looseReading() {
        return LoosePath.reading(rawPath);
    }

    /**
     * Whether any lenient backend could read this target as {@code reading}; computes nothing for the usual plain path.
     *
     * @param reading the loose reading of another path
     */
    public boolean readsLoosely(String reading) {
        if (!readsAsWritten()) {
            return readings().contains(reading);
        }
        int end = LoosePath.trimmedEnd(rawPath);
        return end == reading.length() && rawPath.regionMatches(true, 0, reading, 0, end);
    }

    /** Every way in which a lenient backend could read the path, including the loose reading. */
    List<String> readings() {
        List<String> found = readings;
        if (found == null) {
            found = PathReadings.of(rawPath);
            readings = found;
        }
        return found;
    }

    /** Whether the only reading is the path itself, apart from case and trailing characters. */
    boolean readsAsWritten() {
        return plain && !escaped;
    }

    @Override
    public String toString() {
        return "RequestTarget[plain=" + plain + ", ambiguity=" + ambiguity + "]";
    }
}
