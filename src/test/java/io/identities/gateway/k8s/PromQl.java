package io.identities.gateway.k8s;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which metrics and labels an expression reads. Knows the part of the language that our rules and dashboard use; a word
 * that it does not know counts as a metric, so that nothing slips by.
 */
record PromQl(List<Selector> selectors, List<String> groupings) {

    /** @param labels name to the values that the matcher names, none for a variable of the dashboard */
    record Selector(String metric, Map<String, List<String>> labels) {}

    private static final Set<String> WORDS = Set.of(
            "sum", "min", "max", "count", "rate", "increase", "changes", "absent", "clamp_min", "and", "or", "unless");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|group_left) ?\\(([^)]*)\\)");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)(\\{[^}]*})?");
    private static final Pattern VARIABLES = Pattern.compile("label_values\\((.*), (\\w+)\\)");

    static PromQl parse(String expression) {
        Matcher variable = VARIABLES.matcher(expression);
        if (variable.matches()) {
            return new PromQl(parse(variable.group(1)).selectors(), List.of(variable.group(2)));
        }
        List<String> groupings = GROUPING.matcher(expression)
                .results()
                .flatMap(group -> Stream.of(group.group(1).split(",")))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .toList();
        String rest = GROUPING.matcher(expression)
                .replaceAll("")
                .replaceAll("\\[[^]]*]", "")
                .replaceAll("\\boffset \\w+", "");
        List<Selector> selectors = new ArrayList<>();
        Matcher found = SELECTOR.matcher(rest);
        while (found.find()) {
            if (!WORDS.contains(found.group(1))) {
                selectors.add(new Selector(found.group(1), labels(found.group(2))));
            }
        }
        return new PromQl(selectors, groupings);
    }

    private static Map<String, List<String>> labels(String matchers) {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        if (matchers != null) {
            MATCHER.matcher(matchers)
                    .results()
                    .forEach(matcher -> labels.put(
                            matcher.group(1),
                            matcher.group(2).startsWith("$")
                                    ? List.of()
                                    : List.of(matcher.group(2).split("\\|"))));
        }
        return labels;
    }
}
