package io.identities.gateway.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Every way in which lenient readers may interpret one path. Readers differ in how often they decode; in whether they
 * cut parameters before decoding, after it or not at all; in whether a backslash ends a parameter; in whether an
 * escaped {@code ?} or {@code #} (a proxy that re-encodes the decoded path, CVE-2025-66490) or an escaped NUL (C
 * strings) ends the path; and in whether two leading slashes begin an authority: a parser of URI references
 * ({@code new URL(target, base)}) reads {@code //x/a} as {@code /a}.
 */
final class PathReadings {

    private static final String READ_DIFFERENTLY = "%;?#\0";

    private PathReadings() {}

    /** At least one reading, each without trailing characters and in lower case, none twice. */
    static List<String> of(String path) {
        String once = LenientDecoder.decode(path);
        if (!LoosePath.mayHoldAuthority(once) && once.chars().noneMatch(c -> READ_DIFFERENTLY.indexOf(c) >= 0)) {
            return List.of(LoosePath.tidied(once));
        }
        Set<String> readings = new LinkedHashSet<>();
        readings.add(LoosePath.reading(path));
        for (String local : withAndWithoutAuthority(path)) {
            String decoded = LenientDecoder.decode(local);
            addAll(readings, decoded);
            addAll(readings, LenientDecoder.decode(decoded));
        }
        return List.copyOf(readings);
    }

    private static void addAll(Set<String> readings, String decoded) {
        for (String local : withAndWithoutAuthority(decoded)) {
            for (String path : List.of(local, upTo("?#", local), upTo("\0", local))) {
                readings.add(LoosePath.tidied(path));
                readings.add(LoosePath.tidied(LoosePath.withoutParameters(path)));
                readings.add(LoosePath.tidied(LoosePath.withoutParametersUpToSlash(path)));
            }
        }
    }

    private static List<String> withAndWithoutAuthority(String path) {
        return LoosePath.mayHoldAuthority(path) ? List.of(path, LoosePath.withoutAuthority(path)) : List.of(path);
    }

    private static String upTo(String ends, String decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            if (ends.indexOf(decoded.charAt(i)) >= 0) {
                return decoded.substring(0, i);
            }
        }
        return decoded;
    }
}
