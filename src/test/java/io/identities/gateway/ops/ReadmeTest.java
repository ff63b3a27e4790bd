package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.identities.gateway.http.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/** What the README says of settings and codes is what the gateway knows, and its links lead somewhere. */
class ReadmeTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");
    private static final Pattern CHOICE = Pattern.compile("\\{([a-z0-9,-]+)}");

    /** How the binder keeps the word of a rule; people write it behind {@code allow} itself. */
    private static final String INNER = "identities.access.rules[].allow.word";

    private static String readme;

    /** Names in the order of the tables, each with the default that stands beside it. */
    private static final Map<String, String> written = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(Path.of("README.md"));
        String prefix = null;
        for (String line : readme.lines().toList()) {
            if (line.startsWith("| setting") || line.startsWith("| rule (")) {
                prefix = codes(line).findFirst().orElse("");
            } else if (!line.startsWith("|")) {
                prefix = null;
            } else if (prefix != null && !line.startsWith("| ---")) {
                readRow(prefix, line);
            }
        }
        readme.lines()
                .flatMap(ReadmeTest::codes)
                .filter(code -> code.matches("identities\\.[a-z0-9.-]+"))
                .forEach(code -> written.putIfAbsent(code, ""));
    }

    @Test
    void everySettingIsThere() {
        Set<String> known = new TreeSet<>(SettingsMetadata.known().names());
        known.remove(INNER);
        known.removeIf(name -> isSection(name, known) || name.endsWith("[]"));

        assertThat(written.keySet()).containsAll(known);
    }

    @Test
    void noOtherSettingIsThere() {
        Set<String> known = SettingsMetadata.known().names();
        Set<String> tables = new TreeSet<>(written.keySet());
        tables.removeIf(name -> written.get(name).isEmpty());

        assertThat(tables).isNotEmpty().allMatch(name -> !name.startsWith("identities.") || known.contains(name));
    }

    @Test
    void defaultsAreThoseThatTheSettingsDeclare() {
        Map<String, String> wrong = new TreeMap<>();
        for (String name : SettingsMetadata.known().names()) {
            String declared = SettingsMetadata.defaultOf(name);
            String said = written.getOrDefault(name, "");
            if (!declared.isEmpty() && !said.isEmpty() && !comparable(said).equals(comparable(declared))) {
                wrong.put(name, said + " instead of " + declared);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(written).containsEntry("identities.jwks.stale-limit", "12h");
    }

    @Test
    void everyCodeHasItsStatus() {
        String table = readme.substring(readme.indexOf("| `code` | status |"));
        Map<String, Integer> said = Pattern.compile("`([a-z_]+)` \\| (\\d{3}) ")
                .matcher(table.substring(0, table.indexOf("\n\n")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> Integer.valueOf(row.group(2))));

        assertThat(said)
                .isEqualTo(Stream.of(ProblemCode.values())
                        .collect(Collectors.toMap(ProblemCode::code, ProblemCode::status)));
    }

    @Test
    void linksLeadToAHeadingOrAFile() {
        Set<String> anchors = readme.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> "#"
                        + line.replaceFirst("^#+ ", "")
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("[^a-z0-9 -]", "")
                                .replace(' ', '-'))
                .collect(Collectors.toSet());

        assertThat(LINK.matcher(readme).results().map(link -> link.group(1).replaceAll("\\s", "")))
                .hasSizeGreaterThan(10)
                .allMatch(link -> anchors.contains(link) || Files.exists(Path.of(link)));
    }

    private static void readRow(String prefix, String row) {
        List<String> cells = List.of(row.replace("\\|", "/").split("\\|"));
        boolean rule = codes(cells.get(1)).findAny().isEmpty();
        List<String> names = names(prefix, cells.get(rule ? 2 : 1));
        List<String> defaults = rule ? figures(cells.get(2)) : defaults(cells.get(2), names.size());
        for (int i = 0; i < names.size(); i++) {
            written.put(names.get(i), defaults.size() == 1 ? defaults.get(0) : defaults.get(i));
        }
    }

    /** {@code .name} follows on the name before it, {@code …} on the list before it. */
    private static List<String> names(String prefix, String cell) {
        List<String> names = new ArrayList<>();
        codes(cell).flatMap(ReadmeTest::choices).forEach(code -> {
            String name = code.replace("[n]", "[]").replace("<name>", "*");
            if (name.startsWith("…[]")) {
                name = "identities.trusted-issuers" + name.substring(1);
            } else if (name.startsWith(".")) {
                String before = names.get(names.size() - 1);
                name = before.substring(0, before.lastIndexOf('.')) + name;
            } else {
                name = prefix + name;
            }
            names.add(name);
        });
        return names;
    }

    private static Stream<String> choices(String code) {
        return CHOICE.matcher(code)
                .results()
                .findFirst()
                .map(found -> Stream.of(found.group(1).split(",")).map(one -> code.replace(found.group(), one)))
                .orElse(Stream.of(code));
    }

    private static List<String> defaults(String cell, int names) {
        String separator = cell.contains(" · ") ? " · " : ", ";
        String text = cell.replace("`", "").strip();
        return names == 1 ? List.of(text.split(", style ")[0]) : List.of(text.split(separator));
    }

    /** What stands behind each name in a sentence. */
    private static List<String> figures(String cell) {
        return Pattern.compile("`[^`]+` (\\d+( (ms|s|min|h|d)\\b)?)")
                .matcher(cell)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String comparable(String value) {
        String bare = value.replace(" min", "m").replaceFirst("\\(.*", "").replaceAll("[\\[\\] ]", "");
        return bare.matches("\\d+(ms|s|m|h|d)")
                ? DurationStyle.SIMPLE.parse(bare).toString()
                : bare.replace("empty", "");
    }

    private static boolean isSection(String name, Set<String> known) {
        return known.stream().anyMatch(other -> other.startsWith(name + ".") || other.startsWith(name + "[]."));
    }

    private static Stream<String> codes(String text) {
        return CODE.matcher(text).results().map((MatchResult span) -> span.group(1));
    }
}
