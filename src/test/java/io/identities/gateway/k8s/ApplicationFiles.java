package io.identities.gateway.k8s;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The settings inside {@code application*.yaml} of a rendering's ConfigMaps. */
final class ApplicationFiles {

    private ApplicationFiles() {}

    /** Every setting as its dotted name and value. */
    static Stream<Map.Entry<String, Object>> settings(List<Manifest> rendered) {
        return rendered.stream()
                .filter(manifest -> manifest.is("ConfigMap"))
                .flatMap(manifest -> manifest.mapAt("data").entrySet().stream())
                .filter(file -> isApplicationFile(file.getKey()))
                .flatMap(file -> flatten(Manifest.strictYaml().load((String) file.getValue())));
    }

    static boolean isApplicationFile(String key) {
        return key.matches("application(-[a-z]+)?\\.yaml");
    }

    static Stream<Map.Entry<String, Object>> flatten(Object yaml) {
        return flatten("", yaml);
    }

    private static Stream<Map.Entry<String, Object>> flatten(String at, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .flatMap(entry ->
                            flatten(at.isEmpty() ? "" + entry.getKey() : at + "." + entry.getKey(), entry.getValue()));
        }
        if (value instanceof List<?> list) {
            return IntStream.range(0, list.size()).boxed().flatMap(i -> flatten(at + "[" + i + "]", list.get(i)));
        }
        return Stream.of(Map.entry(at, value));
    }
}
