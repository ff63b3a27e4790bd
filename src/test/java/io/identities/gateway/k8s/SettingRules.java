package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every key of a ConfigMap or Secret, every setting in an application file, and every environment variable must be
 * something that the application or Boot knows, by the metadata that the build itself makes.
 */
final class SettingRules implements ManifestRule {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** Known to Boot before any metadata: where to read settings. */
    private static final List<String> BOOTSTRAP =
            List.of("spring.config.import", "spring.config.additional-location", "spring.profiles.active");

    /** Names to types, in the spelling of the metadata. */
    private final Map<String, String> known = new HashMap<>();

    SettingRules() {
        try {
            for (URL url : Collections.list(SettingRules.class.getClassLoader().getResources(METADATA))) {
                JsonNode metadata;
                try (InputStream in = url.openStream()) {
                    metadata = new ObjectMapper().readTree(in);
                }
                metadata.path("properties")
                        .forEach(property -> known.put(
                                property.path("name").asText(),
                                property.path("type").asText()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        BOOTSTRAP.forEach(name -> known.put(name, String.class.getName()));
    }

    @Override
    public Stream<String> faults(List<Manifest> rendered) {
        Stream<String> unknownInFiles = ApplicationFiles.settings(rendered)
                .map(Map.Entry::getKey)
                .filter(name -> !isKnown(name))
                .map(name -> "ConfigMap: the application knows no setting " + name);
        return Stream.of(unknownInFiles, keys(rendered), environment(rendered)).flatMap(faults -> faults);
    }

    /** A key is an application file, a setting, or a file that some setting names. */
    private Stream<String> keys(List<Manifest> rendered) {
        List<String> values = ApplicationFiles.settings(rendered)
                .map(setting -> String.valueOf(setting.getValue()))
                .toList();
        return rendered.stream()
                .filter(manifest -> manifest.is("Secret") || manifest.is("ConfigMap"))
                .filter(manifest ->
                        manifest.find("metadata.labels.grafana_dashboard").isEmpty())
                .flatMap(manifest -> manifest.mapAt("data").keySet().stream()
                        .filter(key -> !ApplicationFiles.isApplicationFile(key))
                        .filter(key -> !isKnown(key))
                        .filter(key -> values.stream().noneMatch(value -> value.endsWith("/" + key)))
                        .map(key -> manifest.id() + ": the application knows no setting " + key));
    }

    private Stream<String> environment(List<Manifest> rendered) {
        return rendered.stream()
                .filter(manifest -> manifest.is("Deployment"))
                .flatMap(manifest -> manifest.texts("spec.template.spec.containers[].env[].name").stream()
                        .filter(variable -> known.keySet().stream()
                                .noneMatch(name -> variable(name).equals(variable)))
                        .map(variable -> manifest.id() + ": the application knows no setting of " + variable));
    }

    /** Boot's spelling of a setting as an environment variable. */
    private static String variable(String name) {
        return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private boolean isKnown(String name) {
        int bracket = name.indexOf("[");
        if (bracket < 0) {
            return known.containsKey(name);
        }
        String type = known.get(name.substring(0, bracket));
        String element = name.substring(name.indexOf(']') + 1);
        return type != null && (element.isEmpty() || ElementType.of(type).has(element.substring(1)));
    }

    static String decoded(Object base64) {
        return new String(Base64.getMimeDecoder().decode((String) base64), UTF_8);
    }
}
