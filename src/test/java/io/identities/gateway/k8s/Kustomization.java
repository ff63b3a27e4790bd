package io.identities.gateway.k8s;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Renders the part of kustomize that our manifests use, so that the build needs no kubectl: resources, components,
 * generators (create, merge, replace), images, JSON patches and {@code $patch: delete}. Anything else is refused.
 */
final class Kustomization {

    private static final Set<String> KNOWN = Set.of(
            "apiVersion",
            "kind",
            "resources",
            "components",
            "configMapGenerator",
            "secretGenerator",
            "images",
            "patches");

    private final Path folder;
    private final List<Manifest> manifests;
    private final Set<Manifest> hashed;

    private Kustomization(Path folder, List<Manifest> manifests, Set<Manifest> hashed) {
        this.folder = folder;
        this.manifests = manifests;
        this.hashed = hashed;
    }

    /** Renders a folder as {@code kubectl kustomize} does, in no particular order. */
    static List<Manifest> render(Path folder) {
        Set<Manifest> hashed = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Manifest> manifests = new ArrayList<>();
        new Kustomization(folder, manifests, hashed).apply();
        appendHashes(manifests, hashed);
        return manifests;
    }

    private void apply() {
        Map<String, Object> file = Manifest.map(Manifest.strictYaml().load(read("kustomization.yaml")));
        file.keySet().stream().filter(key -> !KNOWN.contains(key)).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException(folder + ": unknown field " + key);
        });
        list(file, "resources").forEach(resource -> include((String) resource));
        list(file, "components").forEach(component -> include((String) component));
        list(file, "configMapGenerator").forEach(generator -> generate("ConfigMap", Manifest.map(generator)));
        list(file, "secretGenerator").forEach(generator -> generate("Secret", Manifest.map(generator)));
        list(file, "patches").forEach(patch -> patch(Manifest.map(patch)));
        list(file, "images").forEach(image -> tag(Manifest.map(image)));
    }

    private void include(String resource) {
        Path path = folder.resolve(resource).normalize();
        if (Files.isDirectory(path)) {
            new Kustomization(path, manifests, hashed).apply();
        } else {
            manifests.addAll(Manifest.parse(read(resource)));
        }
    }

    private void generate(String kind, Map<String, Object> generator) {
        String name = (String) generator.get("name");
        String behavior = (String) generator.getOrDefault("behavior", "create");
        Map<String, Object> data = data(kind, generator);
        if (!behavior.equals("create")) {
            Map<String, Object> existing =
                    Manifest.map(only(kind, name).content().get("data"));
            if (behavior.equals("replace")) {
                existing.clear();
            }
            existing.putAll(data);
            return;
        }
        Map<String, Object> options = Manifest.map(generator.getOrDefault("options", Map.of()));
        Manifest generated = generated(kind, name, data, options);
        manifests.add(generated);
        if (!Boolean.TRUE.equals(options.get("disableNameSuffixHash"))) {
            hashed.add(generated);
        }
    }

    private static Manifest generated(String kind, String name, Map<String, Object> data, Map<String, Object> options) {
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("name", name));
        if (options.containsKey("labels")) {
            metadata.put("labels", options.get("labels"));
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("apiVersion", "v1");
        content.put("kind", kind);
        content.put("metadata", metadata);
        content.put("data", data);
        if (kind.equals("Secret")) {
            content.put("type", "Opaque");
        }
        return new Manifest(content);
    }

    private Map<String, Object> data(String kind, Map<String, Object> generator) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (Object file : list(generator, "files")) {
            String[] keyAndPath = ((String) file).split("=", 2);
            String path = keyAndPath[keyAndPath.length - 1];
            data.put(keyAndPath.length == 2 ? keyAndPath[0] : path, encode(kind, read(path)));
        }
        for (Object file : list(generator, "envs")) {
            read((String) file)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("=", 2))
                    .forEach(pair -> data.put(pair[0], encode(kind, pair[1])));
        }
        return data;
    }

    /** Base64 in lines of 70 characters, as kustomize writes it. */
    private static String encode(String kind, String value) {
        if (!kind.equals("Secret")) {
            return value;
        }
        String encoded = Base64.getEncoder().encodeToString(value.getBytes(UTF_8));
        return encoded.length() <= 70 ? encoded : encoded.replaceAll("(.{1,70})", "$1\n");
    }

    private void patch(Map<String, Object> entry) {
        Object patch = Manifest.strictYaml()
                .load(entry.containsKey("path") ? read((String) entry.get("path")) : (String) entry.get("patch"));
        if (patch instanceof List<?>) {
            Map<String, Object> target = Manifest.map(entry.get("target"));
            JsonPatch.apply(
                    patch,
                    only((String) target.get("kind"), (String) target.get("name"))
                            .content());
            return;
        }
        Manifest strategic = new Manifest(Manifest.map(patch));
        if (!"delete".equals(strategic.content().get("$patch"))) {
            throw new IllegalArgumentException(folder + ": only JSON patches and $patch: delete are rendered");
        }
        manifests.remove(only(strategic.kind(), strategic.name()));
    }

    private void tag(Map<String, Object> image) {
        String name = (String) image.get("name");
        Object newName = image.getOrDefault("newName", name);
        for (Manifest manifest : manifests) {
            manifest.find("spec.template.spec.containers[]").stream()
                    .map(Manifest::map)
                    .filter(container -> name.equals(container.get("image")))
                    .forEach(container -> container.put("image", newName + ":" + image.get("newTag")));
        }
    }

    private Manifest only(String kind, String name) {
        List<Manifest> found = manifests.stream()
                .filter(manifest -> manifest.is(kind) && manifest.name().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(folder + ": found " + found.size() + " of " + kind + " " + name);
        }
        return found.get(0);
    }

    private static void appendHashes(List<Manifest> manifests, Set<Manifest> hashed) {
        Map<String, String> renamed = new HashMap<>();
        for (Manifest manifest : manifests) {
            if (hashed.contains(manifest)) {
                renamed.put(manifest.id(), GeneratedName.of(manifest));
                manifest.mapAt("metadata").put("name", GeneratedName.of(manifest));
            }
        }
        for (Manifest manifest : manifests) {
            rename(manifest, "spec.template.spec.volumes[].configMap", "name", "ConfigMap ", renamed);
            rename(manifest, "spec.template.spec.volumes[].secret", "secretName", "Secret ", renamed);
            String env = "spec.template.spec.containers[].env[].valueFrom.";
            rename(manifest, env + "secretKeyRef", "name", "Secret ", renamed);
            rename(manifest, env + "configMapKeyRef", "name", "ConfigMap ", renamed);
        }
    }

    private static void rename(Manifest manifest, String path, String key, String kind, Map<String, String> renamed) {
        for (Object reference : manifest.find(path)) {
            Manifest.map(reference).computeIfPresent(key, (k, name) -> renamed.getOrDefault(kind + name, "" + name));
        }
    }

    private static List<?> list(Map<String, Object> map, String key) {
        return (List<?>) map.getOrDefault(key, List.of());
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
