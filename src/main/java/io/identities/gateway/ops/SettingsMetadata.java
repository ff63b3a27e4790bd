package io.identities.gateway.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
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
 * Reads the names and defaults of our settings from the configuration metadata on the class path, and the names of list
 * and map elements from their record components.
 */
final class SettingsMetadata {

    private static final String PREFIX = KnownSettings.PREFIX;
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** Skips the framework's half a megabyte. */
    private static final String OURS = '"' + PREFIX + '.';

    private final ClassLoader classLoader = SettingsMetadata.class.getClassLoader();
    private final Set<String> names = new TreeSet<>();
    private final Map<String, String> defaults = new HashMap<>();

    private SettingsMetadata() {
        try {
            for (URL metadata : Collections.list(classLoader.getResources(METADATA))) {
                read(metadata);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + METADATA, e);
        }
    }

    /** Read once, by the first caller; others wait. */
    static KnownSettings known() {
        return Read.SETTINGS;
    }

    /** The declared default of a setting, as it would be written; empty without one. */
    static String defaultOf(String name) {
        return Read.DEFAULTS.getOrDefault(name, "");
    }

    private void read(URL metadata) throws IOException {
        try (InputStream in = metadata.openStream()) {
            String json = StreamUtils.copyToString(in, StandardCharsets.UTF_8);
            if (!json.contains(OURS)) {
                return;
            }
            for (JsonNode property : JsonMapper.shared().readTree(json).path("properties")) {
                String name = property.path("name").asString("");
                if (name.startsWith(PREFIX + ".") || name.equals(PREFIX)) {
                    names.add(name);
                    defaults.put(name, property.path("defaultValue").asString(""));
                    addElements(name, property.path("type").asString(""));
                }
            }
        }
    }

    private void addElements(String name, String type) {
        int open = type.indexOf('<');
        if (open < 0 || !type.endsWith(">")) {
            return;
        }
        String arguments = type.substring(open + 1, type.length() - 1);
        boolean map = type.startsWith("java.util.Map");
        String element = map ? arguments.substring(arguments.indexOf(',') + 1) : arguments;
        String slot = name + (map ? ".*" : "[]");
        names.add(slot);
        if (element.startsWith("java.util.List<")) {
            names.add(slot + "[]");
        }
        Class<?> elementType = find(element);
        if (elementType != null) {
            addComponents(slot, elementType);
        }
    }

    private void addComponents(String name, Class<?> type) {
        if (!type.isRecord()) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            String child = name + "." + name(type, component);
            names.add(child);
            ResolvableType componentType = ResolvableType.forType(component.getGenericType());
            if (Collection.class.isAssignableFrom(componentType.toClass())) {
                names.add(child + "[]");
                addComponents(child + "[]", componentType.getGeneric(0).toClass());
            } else if (Map.class.isAssignableFrom(componentType.toClass())) {
                names.add(child + ".*");
                addComponents(child + ".*", componentType.getGeneric(1).toClass());
            } else {
                addComponents(child, componentType.toClass());
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

    private @Nullable Class<?> find(String name) {
        return ClassUtils.isPresent(name, classLoader) ? ClassUtils.resolveClassName(name, classLoader) : null;
    }

    private static String dashed(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static final class Read {

        static final KnownSettings SETTINGS;
        static final Map<String, String> DEFAULTS;

        static {
            SettingsMetadata metadata = new SettingsMetadata();
            SETTINGS = new KnownSettings(metadata.names);
            DEFAULTS = Map.copyOf(metadata.defaults);
        }
    }
}
