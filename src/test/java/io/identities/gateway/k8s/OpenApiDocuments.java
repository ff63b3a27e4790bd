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

/** The API server's own OpenAPI documents, where the folder of vectors has them: types, required and unknown fields. */
final class OpenApiDocuments implements ManifestRule {

    private final Path folder;
    private final ObjectMapper json = new ObjectMapper();

    /** @param folder one Kubernetes version, for example {@code …/kubernetes-openapi/1.35} */
    OpenApiDocuments(Path folder) {
        this.folder = folder;
    }

    @Override
    public Stream<String> faults(List<Manifest> rendered) {
        return rendered.stream()
                .filter(manifest -> !manifest.apiVersion().contains(".")
                        || manifest.apiVersion().contains(".k8s.io/"))
                .filter(manifest -> !manifest.apiVersion().startsWith("gateway."))
                .flatMap(this::faults);
    }

    private Stream<String> faults(Manifest manifest) {
        String version = manifest.apiVersion();
        Path file = folder.resolve((version.contains("/") ? "apis/" : "api/") + version + ".json");
        if (!Files.exists(file)) {
            return Stream.of(manifest.id() + ": no such group version as " + version);
        }
        try {
            JsonNode schemas = json.readTree(file.toFile()).at("/components/schemas");
            for (JsonNode schema : schemas) {
                if (schema.at("/x-kubernetes-group-version-kind/0/kind")
                        .asText()
                        .equals(manifest.kind())) {
                    return check(manifest.id(), schema, manifest.content(), schemas);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.of(manifest.id() + ": no such kind in " + version);
    }

    private static Stream<String> check(String at, JsonNode declared, Object value, JsonNode schemas) {
        JsonNode schema = resolve(declared, schemas);
        if (schema.has("oneOf")) {
            return scalar(value) ? Stream.of() : Stream.of(at + ": expected a scalar");
        }
        return switch (schema.path("type").asText()) {
            case "object" ->
                value instanceof Map<?, ?>
                        ? fields(at, schema, Manifest.map(value), schemas)
                        : wrong(at, "object", value);
            case "array" ->
                value instanceof List<?> list
                        ? list.stream().flatMap(item -> check(at + "[]", schema.get("items"), item, schemas))
                        : wrong(at, "array", value);
            case "string" -> value instanceof String ? Stream.of() : wrong(at, "string", value);
            case "integer" -> value instanceof Integer ? Stream.of() : wrong(at, "integer", value);
            case "boolean" -> value instanceof Boolean ? Stream.of() : wrong(at, "boolean", value);
            default -> Stream.of();
        };
    }

    private static Stream<String> fields(String at, JsonNode schema, Map<String, Object> value, JsonNode schemas) {
        JsonNode properties = schema.path("properties");
        JsonNode additional = schema.path("additionalProperties");
        Stream<String> missing = Stream.of(schema.path("required"))
                .flatMap(required ->
                        Stream.iterate(0, i -> i < required.size(), i -> i + 1).map(required::get))
                .map(JsonNode::asText)
                .filter(name -> !value.containsKey(name))
                .map(name -> at + "." + name + " is missing");
        Stream<String> present = value.entrySet().stream().flatMap(field -> {
            String path = at + "." + field.getKey();
            if (properties.has(field.getKey())) {
                return check(path, properties.get(field.getKey()), field.getValue(), schemas);
            }
            if (additional.isObject()) {
                return check(path, additional, field.getValue(), schemas);
            }
            return properties.isEmpty() ? Stream.of() : Stream.of(path + " is unknown");
        });
        return Stream.concat(missing, present);
    }

    private static JsonNode resolve(JsonNode declared, JsonNode schemas) {
        JsonNode schema = declared.path("allOf").isEmpty() ? declared : declared.at("/allOf/0");
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : schemas.get(reference.substring(reference.lastIndexOf('/') + 1));
    }

    private static boolean scalar(Object value) {
        return value instanceof String || value instanceof Number;
    }

    private static Stream<String> wrong(String at, String expected, Object found) {
        return Stream.of(at + ": expected " + expected + ", found " + found);
    }
}
