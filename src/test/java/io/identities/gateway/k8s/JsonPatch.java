package io.identities.gateway.k8s;

import java.util.List;
import java.util.Map;

/** RFC 6902: add, replace and remove. */
final class JsonPatch {

    private JsonPatch() {}

    static void apply(Object operations, Map<String, Object> document) {
        for (Object each : (List<?>) operations) {
            Map<String, Object> operation = Manifest.map(each);
            apply((String) operation.get("op"), (String) operation.get("path"), operation.get("value"), document);
        }
    }

    private static void apply(String op, String pointer, Object value, Map<String, Object> document) {
        String[] steps = pointer.substring(1).split("/");
        Object parent = document;
        for (int i = 0; i < steps.length - 1; i++) {
            parent = child(parent, unescape(steps[i]), pointer);
        }
        String last = unescape(steps[steps.length - 1]);
        switch (op) {
            case "add" -> add(parent, last, Manifest.copyOf(value));
            case "replace" -> {
                child(parent, last, pointer);
                remove(parent, last);
                add(parent, last, Manifest.copyOf(value));
            }
            case "remove" -> {
                child(parent, last, pointer);
                remove(parent, last);
            }
            default -> throw new IllegalArgumentException("JSON patch: op found " + op);
        }
    }

    private static Object child(Object parent, String key, String pointer) {
        Object child = parent instanceof List<?> list
                ? list.get(Integer.parseInt(key))
                : Manifest.map(parent).get(key);
        if (child == null) {
            throw new IllegalArgumentException("JSON patch: nothing at " + pointer);
        }
        return child;
    }

    @SuppressWarnings("unchecked")
    private static void add(Object parent, String key, Object value) {
        if (parent instanceof List<?> list) {
            int index = key.equals("-") ? list.size() : Integer.parseInt(key);
            ((List<Object>) list).add(index, value);
        } else {
            Manifest.map(parent).put(key, value);
        }
    }

    private static void remove(Object parent, String key) {
        if (parent instanceof List<?> list) {
            list.remove(Integer.parseInt(key));
        } else {
            Manifest.map(parent).remove(key);
        }
    }

    private static String unescape(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }
}
