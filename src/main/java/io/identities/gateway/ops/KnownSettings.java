package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The known names under {@code identities}. Names are compared in Spring's relaxed form; an index is written
 * {@code []}, a free map key {@code *}.
 */
final class KnownSettings {

    static final String PREFIX = "identities";

    private static final String INDEX = "#";

    /** Names in their dashed form, with {@code []} for an index and {@code *} for a free key. */
    private final Set<String> names;

    KnownSettings(Set<String> names) {
        this.names = Collections.unmodifiableSet(new TreeSet<>(names));
    }

    boolean contains(ConfigurationPropertyName name) {
        String relaxed = relaxed(pattern(name));
        return names.stream().anyMatch(known -> matches(relaxed(known), relaxed));
    }

    /** Whether the name is a section: not a setting itself, but with settings below it. */
    boolean isSection(ConfigurationPropertyName name) {
        String relaxed = relaxed(pattern(name)) + ".";
        return names.stream().anyMatch(known -> relaxed(known).startsWith(relaxed));
    }

    /** Environment variables have no dashes, dots or brackets: only letters, digits and indexes are compared. */
    boolean containsVariable(String variable) {
        String bare = lettersOnly(variable.replaceAll("_\\d+(?=_|$)", INDEX));
        return names.stream().anyMatch(known -> lettersOnly(known).equals(bare))
                || names.stream()
                        .filter(known -> known.endsWith("*"))
                        .anyMatch(known -> bare.startsWith(lettersOnly(known)));
    }

    /** The closest known name, if it is close enough for a suggestion. */
    Optional<String> nearest(ConfigurationPropertyName name) {
        String wanted = pattern(name);
        return names.stream()
                .min(Comparator.comparingInt(known -> distance(known, wanted)))
                .filter(known -> distance(known, wanted) <= Math.max(2, (wanted.length() - PREFIX.length()) / 4));
    }

    Set<String> names() {
        return names;
    }

    private static String pattern(ConfigurationPropertyName name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            if (name.isNumericIndex(i)) {
                out.append("[]");
            } else {
                out.append(i == 0 ? "" : ".").append(name.getElement(i, Form.ORIGINAL));
            }
        }
        return out.toString();
    }

    private static boolean matches(String known, String name) {
        int star = known.indexOf(".*");
        if (star < 0) {
            return known.equals(name);
        }
        List<String> knownParts = new ArrayList<>(List.of(known.split("\\.")));
        List<String> parts = List.of(name.split("\\."));
        if (knownParts.size() > parts.size()) {
            return false;
        }
        boolean open = known.endsWith(".*");
        if (!open && knownParts.size() != parts.size()) {
            return false;
        }
        for (int i = 0; i < knownParts.size(); i++) {
            if (!knownParts.get(i).equals("*") && !knownParts.get(i).equals(parts.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String relaxed(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String lettersOnly(String name) {
        return name.replace("[]", INDEX)
                .replaceAll("[^A-Za-z0-9" + INDEX + "]", "")
                .toLowerCase(Locale.ROOT);
    }

    /** The Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.min(cost, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
