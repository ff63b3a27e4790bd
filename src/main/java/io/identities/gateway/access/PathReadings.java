package io.identities.gateway.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Every way in which lenient readers may take one path. They differ in how often they decode, in whether they cut
 * parameters before that, after it or not at all, in whether a backslash ends these, in whether an escaped {@code ?} or
 * {@code #} (a proxy in between that writes the decoded path anew, CVE-2025-66490) or an escaped NUL (C) ends the path for
 * them, and in whether two slashes at the start begin an authority: whoever hands a request-target to a parser of URI
 * references ({@code new URL(target, base)}) takes {@code //x/a} for {@code /a}.
 */
final class PathReadings {

    private static final String READ_DIFFERENTLY = "%;?#\0";

    private PathReadings() {}

    /** At least one, each without what trails and in lower case, none twice. */
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
