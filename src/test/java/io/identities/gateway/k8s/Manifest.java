package io.identities.gateway.k8s;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One Kubernetes object as plain maps, lists and scalars. */
record Manifest(Map<String, Object> content) {

    /** Reads every document of a YAML text; a key given twice is an error. */
    static List<Manifest> parse(String yaml) {
        List<Manifest> manifests = new ArrayList<>();
        for (Object document : strictYaml().loadAll(yaml)) {
            if (document != null) {
                manifests.add(new Manifest(map(document)));
            }
        }
        return manifests;
    }

    static Yaml strictYaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    String kind() {
        return String.valueOf(content.get("kind"));
    }

    String apiVersion() {
        return String.valueOf(content.get("apiVersion"));
    }

    String name() {
        return find("metadata.name").stream().findFirst().map(String::valueOf).orElse("");
    }

    String id() {
        return kind() + " " + name();
    }

    boolean is(String kind) {
        return kind().equals(kind);
    }

    /** Everything at a dotted path, where {@code name[]} goes through a list; empty where a step is missing. */
    List<Object> find(String path) {
        return find(content, path);
    }

    static List<Object> find(Object from, String path) {
        List<Object> found = List.of(from);
        for (String step : path.split("\\.")) {
            boolean each = step.endsWith("[]");
            String key = each ? step.substring(0, step.length() - 2) : step;
            List<Object> next = new ArrayList<>();
            for (Object value : found) {
                Object child = value instanceof Map<?, ?> map ? map.get(key) : null;
                if (each && child instanceof List<?> list) {
                    next.addAll(list);
                } else if (!each && child != null) {
                    next.add(child);
                }
            }
            found = next;
        }
        return found;
    }

    List<String> texts(String path) {
        return find(path).stream().map(String::valueOf).toList();
    }

    /** The string map at a path; empty where there is none. */
    Map<String, Object> mapAt(String path) {
        List<Object> found = find(path);
        return found.isEmpty() ? Map.of() : map(found.get(0));
    }

    /** Hands out every scalar with its path: dots between names, {@code []} for a list. */
    void walk(BiConsumer<String, Object> scalar) {
        walk("", content, scalar);
    }

    private static void walk(String path, Object value, BiConsumer<String, Object> scalar) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> walk(path.isEmpty() ? "" + key : path + "." + key, child, scalar));
        } else if (value instanceof List<?> list) {
            list.forEach(child -> walk(path + "[]", child, scalar));
        } else {
            scalar.accept(path, value);
        }
    }

    Manifest copy() {
        return new Manifest(map(copyOf(content)));
    }

    static Object copyOf(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, child) -> copy.put(key, copyOf(child)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(child -> copy.add(copyOf(child)));
            return copy;
        }
        return value;
    }
}
