package io.identities.gateway.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StreamUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the names of our settings out of the configuration metadata on the class path, and out of the record components
 * of whatever a list or map of them holds.
 */
final class SettingsMetadata {

    private static final String PREFIX = KnownSettings.PREFIX;
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** Half a megabyte of the framework's is not worth parsing. */
    private static final String OURS = '"' + PREFIX + '.';

    private SettingsMetadata() {}

    /** Read once, by whoever asks first; others wait. */
    static KnownSettings known() {
        return Known.SETTINGS;
    }

    private static KnownSettings onClassPath() {
        ClassLoader classLoader = SettingsMetadata.class.getClassLoader();
        Set<String> names = new TreeSet<>();
        try {
            for (URL metadata : Collections.list(classLoader.getResources(METADATA))) {
                read(metadata, classLoader, names);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + METADATA, e);
        }
        return new KnownSettings(names);
    }

    private static void read(URL metadata, ClassLoader classLoader, Set<String> into) throws IOException {
        try (InputStream in = metadata.openStream()) {
            String json = StreamUtils.copyToString(in, StandardCharsets.UTF_8);
            if (!json.contains(OURS)) {
                return;
            }
            for (JsonNode property : JsonMapper.shared().readTree(json).path("properties")) {
                String name = property.path("name").asString("");
                if (name.startsWith(PREFIX + ".") || name.equals(PREFIX)) {
                    into.add(name);
                    addElements(name, property.path("type").asString(""), classLoader, into);
                }
            }
        }
    }

    private static void addElements(String name, String type, ClassLoader classLoader, Set<String> into) {
        int open = type.indexOf('<');
        if (open < 0 || !type.endsWith(">")) {
            return;
        }
        String arguments = type.substring(open + 1, type.length() - 1);
        boolean map = type.startsWith("java.util.Map");
        String element = map ? arguments.substring(arguments.indexOf(',') + 1) : arguments;
        String slot = name + (map ? ".*" : "[]");
        into.add(slot);
        if (element.startsWith("java.util.List<")) {
            into.add(slot + "[]");
        }
        Class<?> elementType = find(element, classLoader);
        if (elementType != null) {
            addComponents(slot, elementType, into);
        }
    }

    private static void addComponents(String name, Class<?> type, Set<String> into) {
        if (!type.isRecord()) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String child = name + "." + name(type, component);
            into.add(child);
            ResolvableType componentType = ResolvableType.forType(component.getGenericType());
            if (Collection.class.isAssignableFrom(componentType.toClass())) {
                into.add(child + "[]");
                addComponents(child + "[]", componentType.getGeneric(0).toClass(), into);
            } else if (Map.class.isAssignableFrom(componentType.toClass())) {
                into.add(child + ".*");
                addComponents(child + ".*", componentType.getGeneric(1).toClass(), into);
            } else {
                addComponents(child, componentType.toClass(), into);
            }
        }
    }

    /** As the binder reads it: {@code @Name}, else the component's own. */
    private static String name(Class<?> type, RecordComponent component) {
        try {
            Name given = type.getDeclaredField(component.getName()).getAnnotation(Name.class);
            return given == null ? dashed(component.getName()) : given.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable Class<?> find(String name, ClassLoader classLoader) {
        return ClassUtils.isPresent(name, classLoader) ? ClassUtils.resolveClassName(name, classLoader) : null;
    }

    private static String dashed(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static final class Known {

        static final KnownSettings SETTINGS = onClassPath();
    }
}
