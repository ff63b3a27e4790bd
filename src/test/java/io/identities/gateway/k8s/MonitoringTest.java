package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.identities.gateway.testing.RequiredServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alerts and the dashboard, as far as they can be judged without a gateway. */
class MonitoringTest {

    private static final Path RULE_TESTS = Path.of("src/test/resources/k8s/rules-test.yaml");

    @Test
    void promtoolAcceptsTheRules() throws Exception {
        assertThat(promtool("check", "rules", Monitoring.RULES)).endsWith("exit 0");
    }

    @Test
    void promtoolSeesEachAlertFireAndStaySilent() throws Exception {
        assertThat(promtool("test", "rules", RULE_TESTS)).endsWith("exit 0");
    }

    @Test
    void eachAlertIsTestedFiringAndSilent() {
        Map<Object, List<Boolean>> fires =
                Manifest.find(Monitoring.yaml(RULE_TESTS), "tests[].alert_rule_test[]").stream()
                        .map(Manifest::map)
                        .collect(Collectors.groupingBy(
                                test -> test.get("alertname"),
                                Collectors.mapping(
                                        test -> !((List<?>) test.get("exp_alerts")).isEmpty(), Collectors.toList())));

        assertThat(fires.keySet()).containsExactlyInAnyOrderElementsOf(names());
        assertThat(fires.values()).allSatisfy(tests -> assertThat(tests).contains(true, false));
    }

    @Test
    void eachAlertHasASeverityAndARunbookThatTheReadmeHolds() throws IOException {
        List<String> anchors = Files.readString(Path.of("README.md"))
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(MonitoringTest::anchor)
                .toList();

        assertThat(Monitoring.alerts()).allSatisfy(alert -> {
            Map<String, Object> annotations = Manifest.map(alert.get("annotations"));
            assertThat(Manifest.map(alert.get("labels")).get("severity")).isIn("critical", "warning");
            assertThat(annotations).containsOnlyKeys("summary", "description", "runbook");
            assertThat((String) annotations.get("runbook")).startsWith("README.md#runbook-");
            assertThat(anchors).contains(((String) annotations.get("runbook")).substring("README.md#".length()));
        });
    }

    @Test
    void panelsHaveTheirOwnIdsTitlesAndPlaces() {
        List<JsonNode> panels = Monitoring.panels();

        assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        assertThat(panels).extracting(panel -> panel.path("title").asText()).doesNotHaveDuplicates();
        assertThat(panels.stream().flatMap(MonitoringTest::cells)).doesNotHaveDuplicates();
    }

    @Test
    void dashboardAsksTheChosenSourceNamespaceAndJobOnly() {
        assertThat(Monitoring.dashboard().findValues("uid"))
                .extracting(JsonNode::asText)
                .containsOnly("identities-gateway", "${datasource}");
        assertThat(Monitoring.panels())
                .flatExtracting(panel -> panel.findValuesAsText("expr"))
                .isNotEmpty()
                .allSatisfy(expression -> assertThat(PromQl.parse(expression).selectors())
                        .isNotEmpty()
                        .allSatisfy(selector -> assertThat(selector.labels()).containsKeys("namespace", "job")));
    }

    private static List<Object> names() {
        return Monitoring.alerts().stream()
                .map(alert -> Objects.requireNonNull(alert.get("alert")))
                .toList();
    }

    /** GitHub's: lower case, blanks to hyphens, no punctuation. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\w -]", "")
                .replace(' ', '-');
    }

    private static Stream<String> cells(JsonNode panel) {
        JsonNode place = panel.path("gridPos");
        List<String> cells = new ArrayList<>();
        for (int x = place.path("x").asInt();
                x < place.path("x").asInt() + place.path("w").asInt();
                x++) {
            for (int y = place.path("y").asInt();
                    y < place.path("y").asInt() + place.path("h").asInt();
                    y++) {
                cells.add(x + "/" + y);
            }
        }
        return cells.stream();
    }

    private static String promtool(String command, String what, Path file) throws Exception {
        Process process = new ProcessBuilder(RequiredServers.promtool().toString(), command, what, file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return output + "exit " + process.waitFor();
    }
}
