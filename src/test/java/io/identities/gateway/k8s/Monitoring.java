package io.identities.gateway.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The rules and the dashboard of {@code k8s/monitoring}. */
final class Monitoring {

    static final Path RULES = Path.of("k8s/monitoring/rules.yaml");

    private Monitoring() {}

    /** Every alert, as its fields. */
    static List<Map<String, Object>> alerts() {
        return Manifest.find(yaml(RULES), "groups[].rules[]").stream()
                .map(Manifest::map)
                .toList();
    }

    static Object yaml(Path file) {
        try {
            return Manifest.strictYaml().load(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode dashboard() {
        try {
            return new ObjectMapper()
                    .readTree(Path.of("k8s/monitoring/dashboard.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is drawn, without the headings of rows. */
    static List<JsonNode> panels() {
        return StreamSupport.stream(dashboard().path("panels").spliterator(), false)
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    /** Of alerts, panels, variables and annotations. */
    static Stream<String> expressions() {
        Stream<String> drawn = Stream.of("expr", "query", "definition")
                .flatMap(field -> dashboard().findValues(field).stream())
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .filter(text -> !text.equals("prometheus"));
        return Stream.concat(alerts().stream().map(alert -> (String) alert.get("expr")), drawn);
    }
}
