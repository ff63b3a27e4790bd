package io.identities.gateway.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Every way in which lenient readers may take one path. They differ in how often they decode, in whether they cut
 * parameters before that, after it or not at all, in whether a backslash ends these, and in whether an escaped {@code ?} or
 * {@code #} (a proxy in between that writes the decoded path anew, CVE-2025-66490) or an escaped NUL (C) ends the path for
 * them.
 */
final class PathReadings {

    private static final String READ_DIFFERENTLY = "%;?#\0";

    private PathReadings() {}

    /** At least one, each without what trails and in lower case, none twice. */
    static List<String> of(String path) {
        String once = LenientDecoder.decode(path);
        if (once.chars().noneMatch(c -> READ_DIFFERENTLY.indexOf(c) >= 0)) {
            return List.of(LoosePath.tidied(once));
        }
        Set<String> readings = new LinkedHashSet<>();
        readings.add(LoosePath.reading(path));
        addAll(readings, once);
        addAll(readings, LenientDecoder.decode(once));
        return List.copyOf(readings);
    }

    private static void addAll(Set<String> readings, String decoded) {
        for (String path : List.of(decoded, upTo("?#", decoded), upTo("\0", decoded))) {
            readings.add(LoosePath.tidied(path));
            readings.add(LoosePath.tidied(LoosePath.withoutParameters(path)));
            readings.add(LoosePath.tidied(LoosePath.withoutParametersUpToSlash(path)));
        }
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
