package io.identities.gateway.access;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A path pattern of an access rule: literal segments, {@code *} for any run of characters inside one segment, and
 * {@code /**} at the end for the path itself and everything below it. Matches without allocation.
 */
final class PathPattern {

    private static final String REST = "/**";

    private final String text;
    private final String[] exact;
    private final String[] loose;
    private final boolean rest;

    private PathPattern(String text) {
        this.text = text;
        this.rest = text.endsWith(REST);
        String head = rest ? text.substring(0, text.length() - REST.length()) : text;
        this.exact = segments(head);
        this.loose = segments(head.substring(0, LoosePath.trimmedEnd(head)).toLowerCase(Locale.ROOT));
    }

    /** @throws IllegalArgumentException with the reason, to which the caller adds the property's name */
    static PathPattern of(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw new IllegalArgumentException(
                    "found '" + text + "', expected a path pattern such as /public/**: " + fault);
        }
        return new PathPattern(text);
    }

    /** Whether this pattern matches everything, or everything but the root. */
    boolean opensEverything() {
        return rest && List.of(exact).stream().allMatch("*"::equals);
    }

    /** Whether the path as written matches, case-sensitively. */
    boolean matches(RequestTarget target) {
        String path = target.rawPath();
        return matches(exact, path, path.length(), false);
    }

    /** Whether any reading of the path matches. */
    boolean matchesLoosely(RequestTarget target) {
        if (target.readsAsWritten()) {
            String path = target.rawPath();
            return matches(loose, path, LoosePath.trimmedEnd(path), true);
        }
        return target.readings().stream().anyMatch(this::matchesReading);
    }

    /** Whether the path as written and every reading of it match. */
    boolean matchesHoweverRead(RequestTarget target) {
        return matches(target)
                && (target.readsAsWritten() || target.readings().stream().allMatch(this::matchesReading));
    }

    private boolean matchesReading(String reading) {
        return matches(loose, reading, reading.length(), true);
    }

    private boolean matches(String[] segments, String path, int end, boolean ignoreCase) {
        int from = 0;
        for (String segment : segments) {
            if (from >= end) {
                return false;
            }
            int slash = path.indexOf('/', from + 1);
            int to = slash < 0 || slash > end ? end : slash;
            if (!matchesSegment(segment, path, from + 1, to, ignoreCase)) {
                return false;
            }
            from = to;
        }
        return rest || from == end;
    }

    private static boolean matchesSegment(String pattern, String path, int from, int to, boolean ignoreCase) {
        if (pattern.indexOf('*') < 0) {
            return pattern.length() == to - from && path.regionMatches(ignoreCase, from, pattern, 0, pattern.length());
        }
        return to > from && matchesGlob(pattern, path, from, to, ignoreCase);
    }

    /** Greedy matching that backtracks to the last star only: linear for one star, never exponential. */
    private static boolean matchesGlob(String pattern, String path, int from, int to, boolean ignoreCase) {
        int p = 0;
        int i = from;
        int star = -1;
        int resume = from;
        while (i < to) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = i;
            } else if (p < pattern.length() && path.regionMatches(ignoreCase, i, pattern, p, 1)) {
                p++;
                i++;
            } else if (star >= 0) {
                p = star + 1;
                i = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private static String[] segments(String head) {
        return head.isEmpty() ? new String[0] : head.substring(1).split("/", -1);
    }

    private static @Nullable String fault(String text) {
        if (!text.startsWith("/")) {
            return "it must begin with a slash";
        }
        if (text.indexOf(';') >= 0 || text.indexOf('%') >= 0) {
            return "it must not contain ; or %";
        }
        if (text.indexOf('?') >= 0) {
            return "a query takes no part in rules";
        }
        String plain = text.endsWith(REST) ? text.substring(0, text.length() - 2) : text;
        if (plain.contains("**")) {
            return "** may only stand alone and at the end";
        }
        RequestTarget target = RequestTarget.of(plain);
        if (target.ambiguity() == RequestTarget.Ambiguity.DOT_SEGMENT) {
            return "it must not contain . or .. as a segment";
        }
        return target.isPlain() ? null : "it holds an empty segment or a character that no plain path holds";
    }

    @Override
    public String toString() {
        return text;
    }
}
