package io.identities.gateway.k8s;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Kinds that other projects define. Their shapes, cut down to what we use, stand in {@code custom-kinds.yaml}: a field
 * is {@code string}, {@code integer}, {@code boolean}, {@code strings} (a map of strings), {@code one of a|b}, a list
 * with the shape of its items, or a map of fields; a field that ends in {@code !} is required.
 */
final class CustomKinds {

    private final Map<String, Object> shapes;

    CustomKinds() {
        try (InputStream in = CustomKinds.class.getResourceAsStream("/k8s/custom-kinds.yaml")) {
            shapes = Manifest.map(Manifest.strictYaml().load(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean knows(Manifest manifest) {
        return shapes.containsKey(manifest.apiVersion() + " " + manifest.kind());
    }

    Stream<String> faults(Manifest manifest) {
        Object shape = Map.of(
                "apiVersion!",
                "string",
                "kind!",
                "string",
                "metadata!",
                Map.of("name!", "string", "labels", "strings"),
                "spec!",
                shapes.get(manifest.apiVersion() + " " + manifest.kind()));
        return check(manifest.id(), shape, manifest.content());
    }

    private static Stream<String> check(String at, Object shape, Object value) {
        if (shape instanceof Map<?, ?>) {
            return value instanceof Map<?, ?> ? fields(at, Manifest.map(shape), Manifest.map(value)) : wrong(at, shape);
        }
        if (shape instanceof List<?> items) {
            return value instanceof List<?> list
                    ? list.stream().flatMap(item -> check(at + "[]", items.get(0), item))
                    : wrong(at, shape);
        }
        return fits((String) shape, value) ? Stream.of() : wrong(at, shape + ", found " + value);
    }

    private static Stream<String> fields(String at, Map<String, Object> shape, Map<String, Object> value) {
        Stream<String> missing = shape.keySet().stream()
                .filter(field -> field.endsWith("!") && !value.containsKey(field.substring(0, field.length() - 1)))
                .map(field -> at + "." + field + " is missing");
        Stream<String> present = value.entrySet().stream().flatMap(field -> {
            String name = field.getKey();
            Object expected = shape.containsKey(name) ? shape.get(name) : shape.get(name + "!");
            return expected == null
                    ? Stream.of(at + "." + name + " is unknown")
                    : check(at + "." + name, expected, field.getValue());
        });
        return Stream.concat(missing, present);
    }

    private static boolean fits(String shape, Object value) {
        return switch (shape) {
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Integer;
            case "boolean" -> value instanceof Boolean;
            case "strings" ->
                value instanceof Map<?, ?> map && map.values().stream().allMatch(String.class::isInstance);
            default -> List.of(shape.replace("one of ", "").split("\\|")).contains(String.valueOf(value));
        };
    }

    private static Stream<String> wrong(String at, Object expected) {
        return Stream.of(at + ": expected " + expected);
    }
}
